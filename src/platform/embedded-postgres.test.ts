import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedServer, startEmbeddedPostgres } from './embedded-postgres.ts';

describe('the embedded PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sanad-embedded-'));
  let server: EmbeddedServer;
  beforeAll(async () => {
    server = await startEmbeddedPostgres(folder, { durable: false });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const keeperPid = () => Number(readFileSync(join(folder, 'postgres-host.pid'), 'utf8'));
  const serverPid = () => Number.parseInt(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8'), 10);
  async function query(text: string): Promise<unknown[]> {
    const client = new pg.Client(server.url('postgres'));
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }
  const isRunning = (pid: number) => existsSync(`/proc/${pid}`);

  it('listens to this machine alone, and asks for its password', async () => {
    expect(await query('show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const stranger = new URL(server.url('postgres'));
    stranger.password = 'wrong';
    await expect(new pg.Client(stranger.href).connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes a database once', async () => {
    const url = await server.database('sanad');
    expect(await server.database('sanad')).toBe(url);
  });

  it('refuses a second start on its folder, and says what to do', async () => {
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow(
      new RegExp(`Another Sanad \\(process ${keeperPid()}\\) is using .*Stop it, or give this one its own SANAD_DATA_DIR`),
    );
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('clears what a killed keeper left behind, and keeps the data', async () => {
    await query('create table kept as select 42 as answer');
    const orphan = serverPid();
    process.kill(keeperPid(), 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${orphan}/stat`, 'utf8').split(' ')[3]).not.toBe(String(keeperPid())); // has lost its parent
    expect(isRunning(orphan)).toBe(true);
    await server.stop(); // knows that its keeper has gone, and does not wait for it
    server = await startEmbeddedPostgres(folder, { durable: false });
    expect(serverPid()).not.toBe(orphan);
    expect(await query('select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('comes back after the server itself was killed', async () => {
    await query('insert into kept values (43); checkpoint');
    process.kill(serverPid(), 'SIGKILL');
    await server.stop();
    server = await startEmbeddedPostgres(folder, { durable: false });
    expect(await query('select answer from kept order by 1')).toEqual([{ answer: 42 }, { answer: 43 }]);
  });

  it('spares a process that only happens to have the number of an old server', async () => {
    await server.stop();
    const innocent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    writeFileSync(join(folder, 'postgres/postmaster.pid'), `${innocent.pid}\n${folder}/postgres\n`);
    writeFileSync(join(folder, 'postgres-host.pid'), String(innocent.pid));
    try {
      server = await startEmbeddedPostgres(folder, { durable: false });
      expect(await query('select answer from kept order by 1')).toHaveLength(2);
      expect(innocent.exitCode ?? innocent.signalCode).toBeNull();
    } finally {
      innocent.kill('SIGKILL');
    }
  });
});
