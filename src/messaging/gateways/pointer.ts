/**
 * Finds a place in a value (JSON pointer, RFC 6901).
 * @returns undefined when there is no such place
 */
export function at(value: unknown, pointer: string): unknown {
  let place = value;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return undefined;
    place = (place as Record<string, unknown>)[key];
  }
  return place;
}

/** What stands at a place, as text; undefined for nothing, and for what is no text, number or truth value. */
export function textAt(value: unknown, pointer: string): string | undefined {
  const found = at(value, pointer);
  if (typeof found === 'string') return found.trim();
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

/** Reads a body: JSON where it is that, a form where it says so, and plain text otherwise. */
export function readBody(contentType: string, body: string): unknown {
  if (contentType.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body));
  try {
    return JSON.parse(body);
  } catch {
    return body.trim();
  }
}
