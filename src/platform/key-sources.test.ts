import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'sanad-keys-'));
const newKey = () => randomBytes(32).toString('base64');
const [first, second, index, signing] = [newKey(), newKey(), newKey(), newKey()];
const production = {
  SANAD_ENV: 'production',
  SANAD_DATA_DIR: folder,
  AUDIT_SIGNING_KEY: signing,
  DATABASE_URL: 'postgres://sanad:x@db/sanad',
  PUBLIC_URL: 'https://sanad.example.org',
  SMTP_URL: 'smtps://user:x@mail.example.org',
  MAIL_FROM: 'sanad@example.org',
};

function fileOf(text: string, mode = 0o600): string {
  const path = join(folder, randomBytes(6).toString('hex'));
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const node = (script: string, ...words: string[]) => JSON.stringify([process.execPath, '-e', script, ...words]);
const printing = (text: string) => node('process.stdout.write(process.argv[1])', text);

function complaintOf(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    readConfig({ ...production, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('keys', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it('come from a file, with a line for each if you like', () => {
    for (const text of [`1:${first},2:${second}`, `1:${first}\n2:${second}\n`, ` 1:${first}\r\n\r\n2:${second}`]) {
      const config = readConfig({ ...production, SANAD_MASTER_KEYS_FILE: fileOf(text), SANAD_INDEX_KEY_FILE: fileOf(`${index}\n`, 0o400) });
      expect([...config.SANAD_MASTER_KEYS].map(([version, key]) => [version, key.toString('base64')])).toEqual([
        [1, first],
        [2, second],
      ]);
      expect(config.SANAD_INDEX_KEY).toBe(index);
    }
  });

  it('come from a file behind a link, as a cluster mounts it', () => {
    const link = join(folder, 'link');
    symlinkSync(fileOf(`1:${first}`, 0o440), link);
    expect(readConfig({ ...production, SANAD_MASTER_KEYS_FILE: link, SANAD_INDEX_KEY: index }).SANAD_MASTER_KEYS.size).toBe(1);
  });

  it('are refused from a file that others may read or change', () => {
    for (const mode of [0o604, 0o602, 0o601, 0o620, 0o644, 0o666]) {
      const complaint = complaintOf({ SANAD_MASTER_KEYS_FILE: fileOf(`1:${first}`, mode), SANAD_INDEX_KEY: index });
      expect(complaint, mode.toString(8)).toMatch(/^SANAD_MASTER_KEYS_FILE: others may read or change the file/);
    }
  });

  it('are refused from what is no file, is not there, is empty or is too large', () => {
    const complaint = (path: string) => complaintOf({ SANAD_MASTER_KEYS: `1:${first}`, SANAD_INDEX_KEY_FILE: path });
    expect(complaint(folder)).toBe('SANAD_INDEX_KEY_FILE: is not a file');
    expect(complaint(join(folder, 'nowhere'))).toBe('SANAD_INDEX_KEY_FILE: the file cannot be read (ENOENT)');
    expect(complaint(fileOf(' \n'))).toBe('SANAD_INDEX_KEY_FILE: nothing stands in it');
    expect(complaint(fileOf('x'.repeat(100_000)))).toBe('SANAD_INDEX_KEY_FILE: the file is too large to hold keys');
  });

  it('come from a command', () => {
    const config = readConfig({
      ...production,
      SANAD_MASTER_KEYS_COMMAND: printing(`1:${first}\n2:${second}\n`),
      SANAD_INDEX_KEY_COMMAND: `cat ${fileOf(index)}`,
    });
    expect([...config.SANAD_MASTER_KEYS.keys()]).toEqual([1, 2]);
    expect(config.SANAD_INDEX_KEY).toBe(index);
  });

  it('come from a command that no shell reads', () => {
    const trap = join(folder, 'trap');
    const complaint = (command: string) => complaintOf({ SANAD_MASTER_KEYS: `1:${first}`, SANAD_INDEX_KEY_COMMAND: command });
    for (const command of [`cat /dev/null; touch ${trap}`, `cat $(touch ${trap})`, `cat \`touch ${trap}\``, `echo x > ${trap}`]) {
      expect(complaint(command)).toContain('SANAD_INDEX_KEY_COMMAND: no shell reads it');
    }
    // As words of a list they are words and nothing else.
    expect(complaint(JSON.stringify(['printf', '%s', `; touch ${trap}; $(touch ${trap})`]))).toContain(
      'SANAD_INDEX_KEY_COMMAND: must be 32 bytes',
    );
    expect(existsSync(trap)).toBe(false);
  });

  it('do not come from a command that fails, and nothing that it prints is repeated', () => {
    const complaint = (command: string) => complaintOf({ SANAD_MASTER_KEYS: `1:${first}`, SANAD_INDEX_KEY_COMMAND: command });
    const failing = complaint(node(`process.stdout.write('${index}'); process.stderr.write('${second}'); process.exit(3)`));
    expect(failing).toBe('SANAD_INDEX_KEY_COMMAND: the command ended with status 3; run it by hand to see why');
    expect(complaint('there-is-no-such-program')).toContain('there is no such program');
    expect(complaint(fileOf('#!/bin/sh'))).toContain('the program may not be run');
    expect(complaint(node(`process.kill(process.pid, 'SIGTERM')`))).toContain('the command was ended by SIGTERM');
    expect(complaint(node(`process.stdout.write('x'.repeat(1e6))`))).toContain('prints too much');
    expect(complaint(printing('  '))).toBe('SANAD_INDEX_KEY_COMMAND: nothing stands in it');
    for (const list of ['[]', '[1]', '["a"', '[["a"]]']) expect(complaint(list)).toContain('must be a JSON list of words');
    const short = randomBytes(31).toString('base64');
    const wrong = complaint(printing(short));
    expect(wrong).toBe('SANAD_INDEX_KEY_COMMAND: must be 32 bytes in base64');
    expect(complaintOf({ SANAD_MASTER_KEYS_COMMAND: printing(`1:${short}`), SANAD_INDEX_KEY: index })).toMatch(
      /^SANAD_MASTER_KEYS_COMMAND: versions are/,
    );
  });

  it('come from one place only', () => {
    const complaint = complaintOf({
      SANAD_MASTER_KEYS: `1:${first}`,
      SANAD_MASTER_KEYS_FILE: fileOf(`1:${first}`),
      SANAD_INDEX_KEY_FILE: fileOf(index),
      SANAD_INDEX_KEY_COMMAND: printing(index),
      PORT: '70000',
    });
    expect(complaint.split('\n')).toEqual([
      'SANAD_MASTER_KEYS_FILE: the same key is given by SANAD_MASTER_KEYS already; keep one of the two',
      'SANAD_INDEX_KEY_COMMAND: the same key is given by SANAD_INDEX_KEY_FILE already; keep one of the two',
      expect.stringMatching(/^PORT: /),
    ]);
  });

  it('are refused in production from anywhere when everybody knows them', () => {
    const zeros = Buffer.alloc(32).toString('base64');
    expect(complaintOf({ SANAD_MASTER_KEYS_FILE: fileOf(`1:${zeros}`), SANAD_INDEX_KEY: index })).toMatch(
      /^SANAD_MASTER_KEYS_FILE: is a development secret/,
    );
  });

  it('have a current version, the highest unless another is named', () => {
    const given = { ...production, SANAD_MASTER_KEYS: `1:${first},2:${second}`, SANAD_INDEX_KEY: index };
    expect(readConfig(given).SANAD_CURRENT_MASTER_KEY).toBeUndefined();
    expect(readConfig({ ...given, SANAD_CURRENT_MASTER_KEY: '1' }).SANAD_CURRENT_MASTER_KEY).toBe(1);
    expect(complaintOf({ ...given, SANAD_CURRENT_MASTER_KEY: '3' })).toBe('SANAD_CURRENT_MASTER_KEY: no master key has version 3');
  });
});
