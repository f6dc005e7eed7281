/**
 * Words of heads that say what a program does, and nothing about its users: they stay. All are in lower case.
 */

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

export const METHODS: ReadonlySet<string> = words('get head post put patch delete options connect trace pri');

/** Header names; others become pseudonyms, because they often name a product or a company. */
export const HEADER_NAMES: ReadonlySet<string> = words(`
  accept accept-charset accept-encoding accept-language accept-ranges access-control-allow-credentials
  access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers
  access-control-max-age access-control-request-headers access-control-request-method age allow alt-svc authorization
  cache-control cf-connecting-ip cf-ray connection content-disposition content-encoding content-language content-length
  content-location content-range content-security-policy content-type cookie cookie2 date dnt etag expect expires
  forwarded from host http2-settings if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive
  last-modified link location max-forwards nel origin permissions-policy pragma priority proxy-authenticate
  proxy-authorization proxy-connection range referer referrer-policy report-to retry-after sec-ch-ua
  sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc
  sec-websocket-accept sec-websocket-extensions sec-websocket-key sec-websocket-key1 sec-websocket-key2
  sec-websocket-location sec-websocket-origin sec-websocket-protocol sec-websocket-version server server-timing
  set-cookie set-cookie2 strict-transport-security te timing-allow-origin trailer transfer-encoding upgrade
  upgrade-insecure-requests user-agent vary via warning www-authenticate x-amz-cf-id x-amzn-trace-id x-cache
  x-content-type-options x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-forwarded-server
  x-frame-options x-original-uri x-powered-by x-real-ip x-request-id x-xss-protection`);

/** Members of Upgrade, Connection, Transfer-Encoding and other lists. */
export const LIST_MEMBERS: ReadonlySet<string> = words(`
  websocket h2c h2 http/1.1 http/2.0 tls/1.0 tls/1.2 upgrade keep-alive close te trailers http2-settings
  proxy-connection chunked gzip deflate br zstd compress identity no-cache no-store no-transform must-revalidate
  max-age=0 private public 100-continue * */* origin accept-encoding user-agent cookie empty cors navigate same-origin
  same-site cross-site none document script nosniff http https ws wss get head post put delete options`);

/** A dissector can show these. Other types go: after rewriting, JSON or an image would not be valid. */
export const MEDIA_WORDS: ReadonlySet<string> = words(
  'text html plain application octet-stream charset utf-8',
);

export const EXTENSION_WORDS: ReadonlySet<string> = words(`
  permessage-deflate client_no_context_takeover server_no_context_takeover client_max_window_bits
  server_max_window_bits x-webkit-deflate-frame deflate-frame permessage-bzip2 no_context_takeover max_window_bits`);

/** Subprotocols: of IANA's registry, and in common use. */
export const SUBPROTOCOLS: ReadonlySet<string> = words(`
  mqtt mqttv3.1 mqttv5 graphql-ws graphql-transport-ws subscriptions-transport-ws wamp wamp.2.json wamp.2.msgpack
  wamp.2.cbor v10.stomp v11.stomp v12.stomp stomp soap xmpp sip ocpp1.2 ocpp1.5 ocpp1.6 ocpp2.0 ocpp2.0.1 amqp
  actioncable-v1-json actioncable-unsupported chat superchat binary base64 json msgpack jsonrpc jsonrpc-2.0 protobuf
  v4.channel.k8s.io v5.channel.k8s.io channel.k8s.io base64.channel.k8s.io v4.base64.channel.k8s.io binary.k8s.io
  janus-protocol lws-mirror-protocol vite-hmr vite-ping webpack tty vnc guacamole nats rfb coap dap`);

/** Those with which MQTT is spoken. */
export const MQTT_SUBPROTOCOLS: ReadonlySet<string> = words('mqtt mqttv3.1 mqttv3.1.1');

/** Parts of paths. */
export const PATH_WORDS: ReadonlySet<string> = words(`
  ws wss websocket websockets socket sockets socket.io engine.io sockjs signalr hub hubs cable live phoenix stream
  streaming events event subscribe subscriptions graphql chat echo api rest rpc app health healthz status index.html
  admin public static connect notifications realtime feed mqtt stomp sse`);

/** Names of query parameters; their values go, except for the ones below. */
export const PARAMETER_WORDS: ReadonlySet<string> = words(`
  token access_token auth authorization jwt key api_key apikey secret session session_id sessionid sid user user_id
  id room channel topic client client_id version v vsn eio transport t b64 protocol format lang locale encoding ticket
  signature sig expires ts timestamp code state password username`);

export const PARAMETER_VALUES: ReadonlySet<string> = words(
  'polling websocket 1 2 3 4 true false 1.0.0 2.0.0',
);

export const LOCAL_NAMES: ReadonlySet<string> = words('localhost 127.0.0.1 [::1] 0.0.0.0');
