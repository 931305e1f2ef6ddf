import { spawnSync } from 'node:child_process'

/**
 * Lets this process and its children open as many files, where the system allows it.
 *
 * @returns whether it did
 */
export function raiseFileLimit(files: number): boolean {
  return spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${files}:${files}`]).status === 0
}
