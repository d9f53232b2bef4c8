import { createHmac, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { components } from '../../contract/api.ts';

type Signature = components['schemas']['ReceiptSignature'];

/** A report as it arrived, before anybody believes it. */
export interface Report {
  readonly contentType: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Where it came from, as the socket or a trusted proxy tells it. */
  readonly address: string;
}

/** Whether two texts are the same, in a time that tells nothing of how much of them is. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compared').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

const headerOf = ({ headers }: Report, name: string): string => {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value : '';
};

/** Whether a header holds the HMAC of the body under a secret. Without a secret nothing is signed. */
export function isSigned(
  report: Report,
  { header, algorithm = 'sha256', encoding = 'hex', prefix = '' }: Signature,
  secret: string | undefined,
): boolean {
  if (!secret) return false;
  const right = prefix + createHmac(algorithm, secret).update(report.body).digest(encoding);
  const given = headerOf(report, header);
  return isSame(encoding === 'hex' ? given.toLowerCase() : given, encoding === 'hex' ? right.toLowerCase() : right);
}

/**
 * Whether Twilio signed a form that it posts (X-Twilio-Signature).
 * @param url that it was told to post to
 */
export function isSignedByTwilio(report: Report, url: string, authToken: string | undefined): boolean {
  if (!authToken) return false;
  const fields = [...new URLSearchParams(report.body.toString())].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = url + fields.map(([name, value]) => name + value).join('');
  return isSame(headerOf(report, 'x-twilio-signature'), createHmac('sha1', authToken).update(text).digest('base64'));
}

const plainOf = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Whether a text is an address or a network, `192.0.2.7` or `192.0.2.0/24`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}

/** Whether a report comes from one of some addresses and networks. */
export function isFromOneOf({ address }: Report, networks: readonly string[]): boolean {
  const from = plainOf(address);
  if (isIP(from) === 0) return false;
  const allowed = new BlockList();
  for (const network of networks.filter(isNetwork)) {
    const [start = '', bits] = network.split('/');
    if (bits === undefined) allowed.addAddress(start, familyOf(start));
    else allowed.addSubnet(start, Number(bits), familyOf(start));
  }
  return allowed.check(from, familyOf(from));
}
