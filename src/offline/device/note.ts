import { type Bytes, hex, utf8 } from './bytes.ts';

const ED25519 = 1;
const ID_BYTES = 4;

/** Bytes in base64; none where it is no base64. */
function bytesOf(base64: string): Bytes {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/**
 * The text of a signed note (C2SP signed-note), if the platform has signed it.
 * @param verifierKey the platform's public key, as `name+id+key`
 * @returns undefined when it is no note, or nobody with this key signed these very letters
 */
export async function textSignedBy(verifierKey: string, note: string): Promise<string | undefined> {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(verifierKey.trim()) ?? [];
  const typed = bytesOf(encoded);
  const end = note.lastIndexOf('\n\n');
  if (typed[0] !== ED25519 || end < 0) return undefined;
  const key = await crypto.subtle.importKey('raw', typed.slice(1), { name: 'Ed25519' }, false, ['verify']);
  const text = note.slice(0, end + 1);
  for (const line of note.slice(end + 2).split('\n')) {
    const [, by = '', base64 = ''] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
    if (by !== name) continue;
    const signature = bytesOf(base64);
    if (hex(signature.slice(0, ID_BYTES)) !== id) continue;
    return (await crypto.subtle.verify({ name: 'Ed25519' }, key, signature.slice(ID_BYTES), utf8(text))) ? text : undefined;
  }
  return undefined;
}
