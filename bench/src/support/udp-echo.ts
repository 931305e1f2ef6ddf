import { createSocket } from 'node:dgram'

/** Answers every datagram with itself: the least that a server over UDP can do. */
const socket = createSocket('udp4')
socket.on('message', (bytes, { port, address }) => socket.send(bytes, port, address))
socket.bind(0, '127.0.0.1', () => process.send?.({ port: socket.address().port }))
