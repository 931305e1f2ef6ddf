import { type Channel, type ChannelModel, connect } from 'amqplib'

/** What we ask for whatever the broker says: a dead peer is noticed within seconds, not when TCP gives up. */
const HEARTBEAT_SEC = 10
/** A broker that is silent for this long while a connection is made is away: heartbeats begin only after that. */
const CONNECT_TIMEOUT_MS = 10_000

/** Opens a connection with a heartbeat. @param name what operators see it as */
export function openConnection(url: string, name: string, timeout = CONNECT_TIMEOUT_MS): Promise<ChannelModel> {
  const parsed = new URL(url)
  parsed.searchParams.set('heartbeat', String(HEARTBEAT_SEC))
  return connect(parsed.href, {
    // A frame that waits for the acknowledgement of the one before costs 40 ms a hop.
    noDelay: true,
    timeout,
    clientProperties: { connection_name: name },
  })
}

/** A channel for calls that are waited for: whatever fails is thrown by the call that fails, and costs this channel only. */
export async function openChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  return channel
}
