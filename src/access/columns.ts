import { type Db, type RoomColumns, sql, type Use } from '../platform/index.ts';
import { pins } from './devices/pin.ts';
import { pendingSecrets, totpSecrets } from './totp-secret.ts';

/** The versions of the master key that links are derived from which are good still. */
const linkVersions = (db: Db, now: Date): Promise<Use[]> =>
  db.all(sql`select key_version as version, count(*)::int as rows, max(expires_at) as until from account_links
    where used_at is null and revoked_at is null and expires_at > ${now} group by 1 order by 1`);

/** This room's columns of bytes. */
export const accessColumns: RoomColumns = {
  sealed: [totpSecrets, pendingSecrets, pins],
  unsealed: {
    'sessions.token_hash': 'SHA-256 of a random token, which opens no session',
    'sessions.network': 'keyed digest of the network that a session was begun from',
    'api_keys.key_hash': 'SHA-256 of a random key, which opens no door',
    'account_links.token_hash': 'SHA-256 of a token, which opens no account',
    'recovery_codes.digest': 'keyed digest of 80 random bits',
    'challenges.challenge': 'random, and over in minutes',
    'challenges.bound_to': 'keyed digest of what somebody was asked to sign for',
    'passkeys.credential_id': 'what an authenticator calls its key: random',
    'passkeys.public_key': 'public key of an authenticator',
  },
  derived: [{ name: 'links to accounts', uses: linkVersions }],
};
