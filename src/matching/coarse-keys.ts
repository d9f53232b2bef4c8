import type { BlockingKey, Profile } from './types.ts';

/**
 * Keys for small files, each on half of what the usual keys stand on: one name, half a number, one part of an address. They reach pairs
 * with errors in several fields at once. Among many people their blocks are too large to be paired through.
 */
export function coarseKeysOf({ g = [], m = [], f = [], b = '', d = [], p = [], l = [], s }: Profile): BlockingKey[] {
  const keys: BlockingKey[] = [];
  const add = (kind: string, ...parts: readonly string[]) => {
    if (parts.every((part) => part !== '')) keys.push({ kind, text: parts.join(' ') });
  };
  const year = b.slice(0, 4);
  const names = new Set([...g, ...m, ...f].map(([, sound]) => sound));
  const openings = [...g, ...f].map(([exact]) => exact.slice(0, 3)).filter((opening) => opening.length === 3);
  for (const sound of names) {
    add('name', sound);
    add('name_year', sound, year);
    for (const part of l.slice(0, 4)) add('name_part', sound, part);
  }
  for (const opening of new Set(openings)) add('opening_year', opening, year, s ?? '');
  if (openings.length > 1) add('openings', [...openings].sort().join(' '));
  add('birth', b.length === 8 ? b : '');
  add('month_day', b.length === 8 ? b.slice(4) : '', s ?? '');
  for (const document of d) {
    add('document_front', document.slice(0, Math.ceil(document.length / 2)));
    add('document_end', document.slice(-Math.ceil(document.length / 2)));
  }
  for (const phone of p) {
    add('phone_front', phone.slice(0, 6));
    add('phone_end', phone.slice(-6));
  }
  for (const part of l) add('part', part);
  for (let at = 1; at < l.length; at += 1) add('parts', l[at - 1] as string, l[at] as string);
  return keys;
}
