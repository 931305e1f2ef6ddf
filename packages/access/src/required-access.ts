/**
 * Fills a route's access template, e.g. `confd.users.{user}.voicemails.read`. A value cannot add a segment: its dots
 * become `_` (bus.md 1.3).
 */
export function requiredAccess(template: string, params: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_place, name: string) => (params[name] ?? '').replaceAll('.', '_'))
}
