import type { EnrolmentFrame } from './enrolment-frame.ts';
import type { BenchServer } from './server.ts';

const WAIT_MS = 200;

interface Exported {
  readonly id: string;
  readonly state: string;
  readonly writtenPeople: number | null;
}

/** Has everybody written into an encrypted file and fetches it. @returns the rows, how long it took, and the most that the server held, in MiB */
export async function exportAll(server: BenchServer, frame: EnrolmentFrame): Promise<{ rows: number; seconds: number; memory: number }> {
  const started = performance.now();
  let memory = 0;
  const ask = async (path: string, body?: object): Promise<Response> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${frame.manager}`, 'content-type': 'application/json', 'sanad-purpose': 'monitoring' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`the export answered ${answer.status}: ${await answer.text()}`);
    memory = Math.max(memory, server.memory());
    return answer;
  };
  const asked = await ask(`/programmes/${frame.programmeId}/beneficiary-exports`, {
    reason: 'How long it takes',
    format: 'csv',
    language: 'en',
    fields: ['registrationNumber', 'state', 'givenName', 'familyName', 'sex', 'birthFrom', 'documents', 'phones', 'household'],
    encryption: 'zip',
  });
  let { export: shown } = (await asked.json()) as { export: Exported };
  while (shown.state === 'preparing') {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    shown = (await (await ask(`/beneficiary-exports/${shown.id}`)).json()) as Exported;
  }
  if (shown.writtenPeople === null) throw new Error(`the export became ${shown.state}`);
  const file = await ask(`/beneficiary-exports/${shown.id}/file`);
  for await (const _ of file.body ?? []) memory = Math.max(memory, server.memory());
  return { rows: shown.writtenPeople, seconds: (performance.now() - started) / 1000, memory };
}
