import { parseCookie } from 'cookie';
import type { Request } from 'express';
import { problem } from './problems.ts';
import { say } from './words/index.ts';

/** What a caller shows to be recognised, and how it came: in a header that a program sets, or in a cookie that a browser adds by itself. */
export interface Credential {
  readonly transport: 'bearer' | 'cookie';
  readonly token: string;
}

/**
 * The one credential of a request.
 * @param cookieName the name of the session's cookie
 * @throws unauthenticated without one; invalid_request with two, since nobody could tell which of them is meant
 */
export function credentialOf(request: Request, cookieName: string): Credential {
  const authorization = request.get('authorization');
  const cookie = sessionCookie(request, cookieName);
  if (authorization !== undefined && cookie !== undefined) throw problem.invalid_request(say('two_credentials'));
  if (cookie !== undefined) return { transport: 'cookie', token: cookie };
  const [scheme, token] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw problem.unauthenticated(say('token_missing'));
  return { transport: 'bearer', token };
}

// A second cookie of this name was set by somebody else, for instance a neighbouring host; it may come first or last.
function sessionCookie(request: Request, name: string): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined) return undefined;
  const values = header.split(';').flatMap((pair) => parseCookie(pair)[name] ?? []);
  if (values.length > 1) throw problem.invalid_request(say('cookie_twice'));
  return values[0];
}
