/** Dots would add segments; control characters are kept out of every access, so that no pattern need speak of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const REPLACED = /[.\u0000-\u001f\u007f]/g

/**
 * Fills a route's access template, e.g. `confd.users.{user}.voicemails.read`. A value cannot add a segment: its dots
 * become `_` (bus.md 1.3).
 */
export function requiredAccess(template: string, params: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_place, name: string) => (params[name] ?? '').replace(REPLACED, '_'))
}
