// How a receiver checks what a webhook of Sanad sends, in Node.js without a library. The scheme is that of Standard Webhooks
// (https://www.standardwebhooks.com), so its libraries for other languages do the same.
import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 5 * 60;

/**
 * @param secret as it was shown once, `whsec_…`
 * @param headers of the request, their names in small letters
 * @param body of the request as it came, byte for byte: not parsed and written again
 * @param seen answers whether an identifier came before, and remembers it: in your database, beside what the event changes
 * @param now seconds since 1970
 * @returns the event; undefined where it came before, which is answered with 2xx and changes nothing
 * @throws Error for anything that is forged or older than five minutes, which is answered with 400
 */
export function receive(
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  seen: (id: string) => boolean,
  now: number = Math.floor(Date.now() / 1000),
): { type: string; id: string; timestamp: string; data: Record<string, unknown> } | undefined {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS)
    throw new Error('too old, or from the future');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  // While a secret is being replaced there are two signatures, and one that fits is enough.
  const isSigned = (headers['webhook-signature'] ?? '').split(' ').some((given) => {
    const signature = Buffer.from(given.replace(/^v1,/, ''), 'base64');
    return given.startsWith('v1,') && signature.length === right.length && timingSafeEqual(signature, right);
  });
  if (!isSigned) throw new Error('not signed by Sanad');
  return seen(id) ? undefined : JSON.parse(body);
}
