import type { Config } from '../platform/index.ts';

/** How sessions are held on this installation. */
export interface SessionRules {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly cookie: {
    readonly name: string;
    /** Whether browsers send it over TLS alone. */
    readonly secure: boolean;
  };
}

/**
 * What the settings say of sessions. In development, where there is no TLS, the cookie has neither the attribute nor the prefix that go with
 * it (RFC 6265bis, section 4.1.3.2): with `__Host-` no other host and no plain connection can set or receive it.
 */
export function sessionRules({ SANAD_ENV, SESSION_IDLE_MINUTES, SESSION_HOURS }: Config): SessionRules {
  const secure = SANAD_ENV !== 'development';
  return {
    idleMs: SESSION_IDLE_MINUTES * 60_000,
    absoluteMs: SESSION_HOURS * 3_600_000,
    cookie: { name: secure ? '__Host-sanad' : 'sanad', secure },
  };
}
