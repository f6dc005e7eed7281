/**
 * The words of wscap's own sentences. If a secret value in the capture is one of them (`?role=server`), it is hidden
 * where it stands, but not searched for in sentences: "The server sent FIN" must stay readable, and does not reveal
 * the value.
 */
const WORDS = `
abnormal about accept accepted accepts account acknowledge acknowledged acknowledgement acknowledges add
added address advertised affected affinity after again age agree agreed agrees ahead alert alerts alive
all allowed allows alone also although among analyze and announced anomalies anomaly another answer
answered answering answers any anything apart app application applications archive are arrive asked asks
attempt authentication away azure back backend backends background bad balancer balancers bare base basic
bearer became because been before began begin beginning begins begun behind being belong belongs beside
between beyond binary bit bits blame block blocked blocks bluetooth body both breach broadcast browser
browsers btsnoop bursts but byte bytes bzip caches call calling calls came can candidates cannot capture
captured captures carries carry causes cbe certificate changed character checked chmod chunked claims
classic clean client clienthello clients clock close closed closes closing closure cloudflare coalesced
code codes come comes command compare complete completed compress compressed compresses compression
computes connected connection connections connects console consumer content context continuation continue
continued contradict control convert cookie cookies copies copy correct corrupt could count counts crash
credentials crossed cut damaged data database date dead decides declare default defaults deflate delay
delays demanded demands deployment deployments description descriptor device did died different digest
dir direction directions directory disconnect disk doctype document documented does done doubles download
drop dropped drops dump duplicate duration during each earlier early echo editcap either else elsewhere
empty encoding encrypted end ended ending ends engine envoy epoch error even event every evicted exceeds
exception exchanged exhaust exits expects experience extension extensions facts fail failed false far
fault few fewer fields file files filter fin final find finished fins firewall first fit fixed flowed
flows follow followed follows for forbidden forbids forgot forgotten form format forwarder forwards four
fragmentation fragmented fragmenting fragments frame frames framework from front full further fver gap
gateway gave geneve gets git give given goes gone good got greet greets group grow gzip had half hand
handler handles handshake hangs happened has hashing have head header headers heads heartbeat held here
hex hides high holds honours host how html http hung idle inferred inflate inflated inflates info inside
instead interface interval into invalid iptrace its itself judged just kb keep keepalives keeps kept key
keys kill killed kind know known knows lacks large larger largest last lasted lasts late later latin
layers leave left leg legal legs length lengths let lfs libraries library life lifetime like limit limits
line lines lingering link listed listens lived lives load local location lock log login long longer
longest look looked looks loop lose loses lost made magic malformed many marks mask masked masking mass
match matches max maximum may means meant median memory mended message messages method microsecond
microsoft mid middle milliseconds min minutes mismatch misplaced missed missing mix moment monitor more
most much must name names near need needed needs negative negotiated neither network networks never new
nginx nobody none nor not notes nothing null number off offer offered often old once one only opcode open
opened opening opens order ordinary origin original origins other others out output over overlapping
overloaded own packet packets page pairs parameter parameters parser part particular pass passes past
path paused pauses payload pcap pcapng pdml percent permessage permission picture pieces ping pings pipe
place plain planned pointer policy polling pong pongs pool port position possible print printed printout
prints probably probe process program proper protocol proxies proxy pull put puts queue radio raise ran
random rar rate reach reachable reached reaches reaction read reader reading reads really reason receive
received receiver receivers reconnect reconnects record records redacted redirected redirects refers
refusal refuse refused refuses registry rejected relative relay relays reload renames reopened repeats
repetitions replaces reply report reports request requests required requires reserved reset response
responses restart restarted retransmissions returns rewrites right role room root rotated round route
routing rst rule ruled rules run runs said same saved saw says screenshot sec second section security see
seems seen segments select selected selects send sendable sender sending sends sent server servers serves
service session sessions set sets settings several share short shorter shortest should show shows shut
sid side sides silence silent simple since size sizes sleep sleeps slept slow small smaller snaplen
snapshot sniffer snoop socket some something soon sooner source span spare speak speaking speaks splits
spoken stand stands start status stayed stays step sticky still stops stream string strips subprotocol
subprotocols such sudo swallows symbolic syns syscall tab take taken takeover takes tar target task tasks
tcpdump tell tells terminal terminate terminated terminates test text than that the their them then there
these they this threads through throws tidied time timeout timeouts timer times timestamp tls together
token told too took tool top totals traffic transfer translation tried trip true truncated try ttt tttt
tunnel tunnels tuple twice two type ulimit unanswered unavailable unchanged undeclared under unfinished
unknown unmasked unpack unpacked unreachable unread unseen unsupported until unzip update upgrade
upgraded url use used uses ustar usual utf valid value variant verify version very violations wait waited
waiting waits wants warning was way web websocket websockets well went were what when where whether which
while who whoever whole whose why window windows wireshark with within without words worker workers would
write writer writers writes written wrong wrote wscap xaf xbc xfd xff xml yet zero zip zlib zone zstd
`;

export const OWN_WORDS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
