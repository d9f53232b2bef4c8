import type { EnrolmentFrame } from './enrolment-frame.ts';
import type { BenchServer } from './server.ts';

/** Downloads everybody. @returns the rows without the header, how long it took, and the most that the server held, in MiB */
export async function exportAll(server: BenchServer, frame: EnrolmentFrame): Promise<{ rows: number; seconds: number; memory: number }> {
  const started = performance.now();
  const answer = await fetch(`http://127.0.0.1:${server.port}/v1/programmes/${frame.programmeId}/beneficiaries/export`, {
    method: 'POST',
    headers: { authorization: `Bearer ${frame.manager}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      reason: 'How long it takes',
      format: 'csv',
      language: 'en',
      fields: ['registrationNumber', 'state', 'givenName', 'familyName', 'sex', 'birthFrom', 'documents', 'phones', 'household'],
    }),
  });
  if (!answer.ok || !answer.body) throw new Error(`the export answered ${answer.status}: ${await answer.text()}`);
  let lines = 0;
  let memory = 0;
  let looked = 0;
  for await (const part of answer.body) {
    for (const byte of part) if (byte === 10) lines += 1;
    if (performance.now() - looked < 200) continue;
    looked = performance.now();
    memory = Math.max(memory, server.memory());
  }
  return { rows: lines - 1, seconds: (performance.now() - started) / 1000, memory };
}
