import { readdir, readFile } from 'node:fs/promises'

/** Clock ticks a second, as Linux has them on every machine we know. */
const TICKS_PER_SECOND = 100

/** Processor time of a process and its children so far, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  const entries = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(entries.map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')))
  let ticks = 0
  for (const stat of stats) {
    const own = Number.parseInt(stat, 10)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (own === pid || Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12])
  }
  return (ticks * 1000) / TICKS_PER_SECOND
}
