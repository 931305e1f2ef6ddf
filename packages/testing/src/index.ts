export { Baresip, type BaresipLamp } from './baresip.js'
export { makeCertificate, type TestCertificate } from './certificates.js'
export { createTestDatabase, type TestDatabase, takeTestVhost } from './disposable.js'
export { freePort } from './free-port.js'
<<<<<<< HEAD
export { KAMAILIO_LOGIN, KamailioGateway, type KamailioTold } from './kamailio-gateway.js'
=======
export { compileLinphone, type Linphone, startLinphone } from './linphone.js'
>>>>>>> b76a98a (test(sip): liblinphone over UDP and TCP and SIP.js in Chromium are lit and darkened (npm run test:peers))
export { type ListRequest, listRequests } from './list-requests.js'
export { type SeededPlace, seedLists } from './list-seed.js'
export { OwnPostgres } from './own-postgres.js'
export { reasonWithout } from './peers.js'
export { explainPrepared, type PlanFacts, recordStatements } from './plans.js'
export { evaluate, startBroker } from './rabbitmq.js'
export { runSipp } from './sipp.js'
export { TcpProxy } from './tcp-proxy.js'
export { TlsProxy } from './tls-proxy.js'
export { waitFor } from './wait-for.js'
