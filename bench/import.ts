import { randomUUID } from 'node:crypto';
import type { EnrolmentFrame } from './enrolment-frame.ts';
import type { Invented } from './people/person.ts';
import { registrationFile } from './people/registration-file.ts';
import type { BenchServer } from './server.ts';

/** What became of a file. */
export interface Imported {
  readonly rows: number;
  readonly seconds: number;
  /** Seconds of processor time that the server spent on it, the database's not counted. */
  readonly computed: number;
  /** The most that the server held while it ran, in MiB. */
  readonly memory: number;
  readonly duplicates: number;
  readonly planted: number;
}

/** Sends people as a file and waits until each of them has been entered and compared. @throws Error when a row is refused */
export async function importFile(server: BenchServer, frame: EnrolmentFrame, people: readonly Invented[]): Promise<Imported> {
  const body = registrationFile(people);
  const headers = { authorization: `Bearer ${frame.officer}` };
  const computedBefore = server.computed();
  const started = performance.now();
  const sent = await fetch(
    `http://127.0.0.1:${server.port}/v1/programmes/${frame.programmeId}/registration-files?start=true&continuesHouseholds=true`,
    {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/csv', 'idempotency-key': randomUUID() },
      body,
    },
  );
  let file = await jsonOf(sent);
  let memory = 0;
  while (file.finishedAt === null) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    memory = Math.max(memory, server.memory());
    file = await jsonOf(await fetch(`http://127.0.0.1:${server.port}/v1/registration-files/${file.id}`, { headers }));
  }
  const seconds = (performance.now() - started) / 1000;
  if (file.acceptedRows !== people.length) throw new Error(`of ${people.length} rows ${file.acceptedRows} were taken`);
  return {
    rows: people.length,
    seconds,
    computed: server.computed() - computedBefore,
    memory,
    duplicates: file.duplicateRows,
    planted: people.filter(({ sameAs }) => sameAs !== undefined).length,
  };
}

interface File {
  readonly id: string;
  readonly finishedAt: string | null;
  readonly acceptedRows: number;
  readonly duplicateRows: number;
}

async function jsonOf(answer: Response): Promise<File> {
  if (!answer.ok) throw new Error(`a file answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as File;
}
