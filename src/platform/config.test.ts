import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const key = () => randomBytes(32).toString('base64');
const folder = mkdtempSync(join(tmpdir(), 'sanad-config-'));
const production = {
  SANAD_ENV: 'production',
  SANAD_DATA_DIR: folder,
  DATABASE_URL: 'postgres://sanad:x@db/sanad',
  SANAD_MASTER_KEYS: `1:${key()}`,
  SANAD_INDEX_KEY: key(),
  AUDIT_SIGNING_KEY: key(),
  PUBLIC_URL: 'https://sanad.example.org',
  SMTP_URL: 'smtps://sanad:x@mail.example.org',
  MAIL_FROM: 'accounts@example.org',
};

function complaintOf(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

const namesIn = (complaint: string) => complaint.split('\n').map((line) => line.split(':')[0]);

describe('configuration', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes its own secrets in development, keeps them, and lets nobody else read them', () => {
    const first = readConfig({ SANAD_DATA_DIR: folder });
    const again = readConfig({ SANAD_DATA_DIR: folder });
    expect(again.SANAD_MASTER_KEYS.get(1)?.length).toBe(32);
    expect(again.SANAD_MASTER_KEYS).toEqual(first.SANAD_MASTER_KEYS);
    expect(again.SANAD_INDEX_KEY).toBe(first.SANAD_INDEX_KEY);
    expect(statSync(join(folder, 'development-keys.json')).mode & 0o077).toBe(0);
  });

  it('starts in production with its own secrets', () => {
    expect(readConfig(production).SANAD_MASTER_KEYS.size).toBe(1);
  });

  it('names every setting that production misses', () => {
    expect(namesIn(complaintOf({ SANAD_ENV: 'production', SANAD_DATA_DIR: folder }))).toEqual([
      'DATABASE_URL',
      'SANAD_MASTER_KEYS',
      'SANAD_INDEX_KEY',
      'AUDIT_SIGNING_KEY',
      'PUBLIC_URL',
      'SMTP_URL',
      'MAIL_FROM',
    ]);
    expect(namesIn(complaintOf({ ...production, SANAD_INDEX_KEY: '' }))).toEqual(['SANAD_INDEX_KEY']);
  });

  it('refuses secrets in production that everybody knows, or that development made', () => {
    const zeros = Buffer.alloc(32).toString('base64');
    expect(namesIn(complaintOf({ ...production, SANAD_MASTER_KEYS: `1:${key()},2:${zeros}`, SANAD_INDEX_KEY: zeros }))).toEqual([
      'SANAD_MASTER_KEYS',
      'SANAD_INDEX_KEY',
    ]);
    readConfig({ SANAD_DATA_DIR: folder });
    const { masterKey, indexKey } = JSON.parse(readFileSync(join(folder, 'development-keys.json'), 'utf8'));
    expect(namesIn(complaintOf({ ...production, SANAD_MASTER_KEYS: `1:${masterKey}` }))).toEqual(['SANAD_MASTER_KEYS']);
    expect(namesIn(complaintOf({ ...production, SANAD_INDEX_KEY: indexKey }))).toEqual(['SANAD_INDEX_KEY']);
  });

  it('names every setting that is wrong, and repeats no secret', () => {
    const secret = randomBytes(31).toString('base64');
    const complaint = complaintOf({
      PORT: '70000',
      SANAD_ROLE: 'none',
      REDIS_URL: 'nowhere',
      SANAD_MASTER_KEYS: `1:${secret}`,
      SANAD_INDEX_KEY: secret,
    });
    expect(namesIn(complaint).sort()).toEqual(['PORT', 'REDIS_URL', 'SANAD_INDEX_KEY', 'SANAD_MASTER_KEYS', 'SANAD_ROLE']);
    expect(complaint).not.toContain(secret);
    expect(
      namesIn(complaintOf({ SMTP_URL: 'https://mail.example.org', PUBLIC_URL: 'javascript:alert(1)', MAIL_FROM: 'nobody' })).sort(),
    ).toEqual(['MAIL_FROM', 'PUBLIC_URL', 'SMTP_URL']);
    expect(namesIn(complaintOf({ ...production, PUBLIC_URL: 'http://sanad.example.org' }))).toEqual(['PUBLIC_URL']);
  });

  it('takes master keys by version, each version once', () => {
    const [first, second] = [key(), key()];
    const keys = readConfig({ ...production, SANAD_MASTER_KEYS: `1:${first},7:${second}` }).SANAD_MASTER_KEYS;
    expect(keys.get(7)?.toString('base64')).toBe(second);
    for (const wrong of [`0:${first}`, `256:${first}`, `1:${first},1:${second}`, first, `1:${first};2:${second}`]) {
      expect(namesIn(complaintOf({ ...production, SANAD_MASTER_KEYS: wrong }))).toEqual(['SANAD_MASTER_KEYS']);
    }
  });
});
