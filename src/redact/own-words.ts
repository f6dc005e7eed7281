/**
 * The words of wscap's own sentences. If a secret value in the capture is one of them (`?role=server`), it is hidden
 * where it stands, but not searched for in sentences: "The server sent FIN" must stay readable, and does not reveal
 * the value.
 */
const WORDS = `
abnormal accept accepted accepts account acknowledge acknowledged acknowledgement add added address
advertised affected after again age agree agreed agrees ahead alive all allowed alone also although among
analyze and announced anomalies anomaly another answer answered answering answers any apart app application
applications archive are arrive asked asks attempt authentication away azure back backend background bad
balancer balancers bare base basic bearer became been before began begin beginning begins begun behind being
belong belongs between beyond binary bit bits blame block blocked blocks bluetooth body both breach
broadcast browser browsers btsnoop bursts but byte bytes bzip caches call calling calls came can candidates
cannot capture captured captures carries carry causes cbe changed character checked chmod claims classic
clean client clients clock close closed closes closing closure cloudflare coalesced code codes come comes
command compare complete compress compressed compresses compression computes connected connection
connections connects console consumer content context continuation continue continued contradict control
convert cookie copies copy corrupt could count counts crash credentials cut damaged data database date dead
decides declare default defaults deflate delay delays demanded demands deployment deployments description
descriptor device did died different digest dir direction directions directory disconnect disk doctype
document documented does done doubles download drop dropped drops dump duplicate duration during each
earlier early echo editcap either else elsewhere empty encoding encrypted end ended ending ends envoy epoch
error even event every evicted exceeds exception exhaust exits experience extension extensions facts fail
failed false far fault few fewer fields file files filter fin final find finished firewall first fit fixed
flowed flows follow followed follows for forbidden forbids forgot form format forwarder four fragmentation
fragmented fragmenting fragments frame frames framework from front full further fver gap gateway gave geneve
gets git give given goes gone good got greet group grow gzip had half hand handler handles handshake hangs
happened has hashing have head header headers heads held here hex high holds honours host how html http hung
idle inferred inflate inflated inflates info inside instead interface interval into invalid iptrace its
itself judged keep keepalives keeps kept key keys kill killed kind know known knows lacks large larger last
lasted lasts late later latin layers leave left leg legal legs length lengths let lfs libraries library life
lifetime like limit limits lines lingering link listed listens lived lives load local location lock log
login long longer longest look looked loop lose loses lost made magic malformed many marks mask masked
masking mass match matches max maximum may means meant median memory mended message messages method
microsecond microsoft mid middle milliseconds min minutes mismatch misplaced missed missing mix moment
monitor more most much must name names near need needed needs negative negotiated neither network networks
never new nginx nobody none nor not notes nothing null number off offer offered often old once one only
opcode open opened opening order ordinary origin original other others out output over overlapping
overloaded own packet packets page pairs parameter parameters parser part particular pass passes past path
paused pauses payload pcap pcapng pdml percent permessage permission picture pieces ping pings pipe place
plain planned pointer policy polling pong pongs pool port position possible print printed printout prints
probe process program proper protocol proxies proxy pull put puts queue radio raise ran random rar rate
reach reachable reached reaches reaction read reader reading reads really reason receive receiver receivers
reconnect reconnects record redacted redirected redirects refers refusal refuse refused refuses registry
rejected relative relay relays reload renames reopened repeats repetitions replaces report reports request
required reserved response responses restart restarted retransmissions returns rewrites right role room root
rotated round route routing rst rule ruled rules run runs said same saved saw says screenshot sec second
section security see seems seen segments select selected selects send sendable sender sending sends sent
server servers serves service session set sets settings several share short shorter shortest should show
shut side sides silence silent simple since size sleep sleeps slept slow small snaplen snapshot sniffer
snoop socket some something soon sooner source span spare speak speaking speaks splits stand start status
stayed stays step still stream string strips subprotocol subprotocols such sudo swallows symbolic syns
syscall tab take taken takeover takes tar target task tasks tcpdump tell tells terminal test text than that
the their them then there these they this threads through throws tidied time timeout timeouts timer times
timestamp tls together token told too took tool top totals traffic transfer tried trip true truncated try
ttt tttt tunnel tunnels tuple twice two type ulimit unanswered unchanged undeclared under unfinished unknown
unmasked unpack unpacked unread unseen unsupported until unzip update upgrade upgraded url use used uses
ustar usual utf valid value variant verify version very violations wait waited waiting waits wants warning
was way web websocket well went were what when where whether which while who whoever whole whose why window
windows wireshark with within without worker workers would write writer writers writes written wrong wrote
wscap xaf xbc xfd xff xml yet zero zip zlib zone zstd
acknowledges affinity opens line spoken clienthello about allows requires expects stops received exchanged
reply stands fins crossed shows forgotten reset translation beside probably just websockets greets sessions
sticky origins terminate terminates terminated forwards backends largest unreachable unavailable cookies
correct alerts alert chunked kb sid
`;

export const OWN_WORDS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
