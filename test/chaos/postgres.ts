import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type EmbeddedServer, startEmbeddedPostgres } from '../../src/platform/index.ts';

/** A PostgreSQL that is killed without a word and comes back with what it had written. */
export interface MortalPostgres {
  readonly deaths: number;
  /** Where it listens now. */
  port(): number;
  /** The address of its database, as the owner, by whatever wire leads to it. */
  url(port?: number): string;
  /** Sends SIGKILL to its first process, after which the others find themselves alone, and starts it again, on another port. */
  killAndRevive(): Promise<void>;
  stop(): Promise<void>;
}

const pidIn = (file: string): number => Number.parseInt(readFileSync(file, 'utf8'), 10);

export async function mortalPostgres(folder: string, durable: boolean): Promise<MortalPostgres> {
  let server: EmbeddedServer = await startEmbeddedPostgres(folder, { durable });
  await server.database('chaos');
  let deaths = 0;
  return {
    get deaths() {
      return deaths;
    },
    port: () => Number(new URL(server.url('chaos')).port),
    url(port) {
      const url = new URL(server.url('chaos'));
      if (port) url.port = String(port);
      return url.href;
    },
    async killAndRevive() {
      // Its keeper first, which would otherwise hold the folder.
      const [keeper, first] = [pidIn(join(folder, 'postgres-host.pid')), pidIn(join(folder, 'postgres', 'postmaster.pid'))];
      process.kill(keeper, 'SIGKILL');
      process.kill(first, 'SIGKILL');
      deaths += 1;
      for (let tries = 0; ; tries += 1) {
        try {
          server = await startEmbeddedPostgres(folder, { durable });
          return;
        } catch (error) {
          // What is left of it still holds its memory.
          if (tries === 100) throw error;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    },
    async stop() {
      await server.stop();
      if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
    },
  };
}
