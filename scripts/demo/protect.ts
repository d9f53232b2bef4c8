import { join } from 'node:path';
import type { App } from '../../src/app.ts';
import { checkProof, verifierOf, verifyGuards, verifyRecords, verifyRights, verifyTrail } from '../../src/audit/index.ts';
import { verifyBooks } from '../../src/ledger/index.ts';
import type { RequestBody, ResponseBody, ShiftedClock } from '../../src/platform/index.ts';
import type { ItemOf } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';
import { takeExport } from './take-export.ts';

type Person = ItemOf<'listBeneficiaries'>;

interface World {
  readonly app: App;
  readonly clock: ShiftedClock;
  /** Where the heads of the trail are kept outside the database. */
  readonly dataDir: string;
}

/** Nobody looks unseen, what leaves is encrypted, who asks is told or forgotten, and nothing that happened can be changed unseen. */
export async function protect(stage: Stage, pilot: Pilot, { app, clock, dataDir }: World): Promise<void> {
  await lookAndTake(stage, pilot);
  await tellAndForget(stage, pilot);
  await prove(stage, pilot, { app, clock, dataDir });
}

async function lookAndTake(stage: Stage, { staff, programmeId, programme, enrolment, auditor }: Pilot): Promise<void> {
  stage.chapter('Who looked, and what was taken away');
  await staff.signInAgain();
  const person = await firstWho(programme.api.all('listBeneficiaries', { params: { programmeId } }), ({ state }) => state === 'enrolled');
  const look = await firstWho(auditor.api.all('listReadsOfBeneficiary', { params: { beneficiaryId: person.id } }), () => true);
  stage.check('the person’s record says who just looked, and how', [look.actorName, look.operation], [programme.name, 'listBeneficiaries']);
  const unsaid = await programme.api.refusal('createBeneficiaryExport', { params: { programmeId }, body: form });
  stage.check('an export wants its purpose said', unsaid?.code, 'invalid_request');
  const asked = await programme.api.call('createBeneficiaryExport', {
    params: { programmeId },
    headers: { 'Sanad-Purpose': 'monitoring' },
    body: form,
  });
  const { bytes, text } = await takeExport(programme.api, asked);
  const file = { params: { exportId: asked.export.id } };
  const { people } = await programme.api.call('getBeneficiaryExport', file);
  stage.check('the file does not show a name', bytes.includes(Buffer.from(person.names?.family ?? person.names?.given ?? '')), false);
  const lines = text.trim().split('\n').length - 1;
  stage.check(`with the passphrase that was told once it holds all ${people}`, lines, people);
  const stranger = await enrolment.api.refusal('downloadBeneficiaryExport', file);
  stage.check('to a colleague it is not there', stranger?.code, 'not_found');
}

const form: RequestBody<'createBeneficiaryExport'> = {
  reason: 'For the survey after the distribution',
  format: 'csv',
  language: 'fr',
  fields: ['registrationNumber', 'givenName', 'familyName', 'phones'],
  encryption: 'zip',
};

async function tellAndForget(stage: Stage, { staff, administrator, programmeId, programme, fundId }: Pilot): Promise<void> {
  stage.chapter('Telling a person what is held of them, and forgetting them');
  const second = await staff.hire(administrator, 'programme_officer', 'Yacine Programme', { programmeId });
  await staff.signInAgain();
  const asking = await firstWho(programme.api.all('listBeneficiaries', { params: { programmeId } }), ({ state }) => state === 'enrolled');
  const told = await programme.api.call('answerSubject', {
    params: { beneficiaryId: asking.id },
    headers: { 'Sanad-Purpose': 'subject_request' },
    body: { format: 'json', language: 'fr', reason: 'Letter of 3 March' },
  });
  const sections = (told as { sections: { name: string; items: unknown[] }[] }).sections;
  stage.say(`Their file has ${sections.length} sections: ${sections.map(({ name, items }) => `${name} ${items.length}`).join(', ')}.`);
  const figures = () => programme.api.call('getDonorReportDraft', { params: { fundId }, query: { fresh: true } });
  const before = await figures();
  let erased: Person | undefined;
  let refusals = 0;
  const alone = new Set<string>();
  for await (const person of programme.api.all('listBeneficiaries', { params: { programmeId } })) {
    const body = { ground: 'subject_request', reason: 'Letter 12' } as const;
    const erasure = await programme.api.call('askErasure', { params: { beneficiaryId: person.id }, body });
    const own = await programme.api.refusal('confirmErasure', { params: { erasureId: erasure.id } });
    alone.add(own?.code ?? 'done');
    if (await second.api.refusal('confirmErasure', { params: { erasureId: erasure.id } })) {
      refusals += 1;
      continue;
    }
    erased = person;
    break;
  }
  if (!erased) throw new Error('nobody could be erased');
  stage.check('nobody erases alone', [...alone], ['separation_of_duties']);
  stage.say(`${refusals} people before them have money or pairs pending, and were refused.`);
  const gone = await programme.api.call('getBeneficiary', { params: { beneficiaryId: erased.id } });
  stage.check('nothing personal is left of them', [gone.names, gone.birth, gone.documents, gone.phones], [null, null, [], []]);
  stage.check('the donor’s figures stand', lasting(await figures()), lasting(before));
}

/** What a report says of who was paid, and how much. */
const lasting = ({ transfers, reached, breakdown, money }: ResponseBody<'getDonorReportDraft'>) => ({
  transfers,
  reached,
  breakdown,
  paid: money.sinceStart.paid,
});

async function prove(stage: Stage, { programmeId, programme, auditor }: Pilot, { app, clock, dataDir }: World): Promise<void> {
  stage.chapter('Proving that the trail is whole');
  const list = await firstWho(programme.api.all('listPaymentLists', { params: { programmeId } }), () => true);
  const release = await firstWho(auditor.api.all('listAuditEvents', { query: { command: 'payments.release_list' } }), () => true);
  await app.jobs.trigger('audit.seal');
  await app.settled();
  while ((await auditor.api.refusal('proveAuditEvent', { params: { id: release.id } }))?.code === 'not_sealed_yet')
    await new Promise((resolve) => setTimeout(resolve, 200));
  const proof = await auditor.api.call('proveAuditEvent', { params: { id: release.id } });
  const { items: keys } = await auditor.api.call('listAuditKeys');
  const verifiers = keys.map(({ verifierKey }) => verifierKey);
  const verdict = checkProof(proof, verifiers);
  stage.check('the release of the list is in the trail, by the public key alone', verdict.holds, true);
  if (verdict.holds) stage.say(verdict.says);
  const forged = checkProof({ ...proof, event: { ...proof.event, actor_id: list.id } }, verifiers);
  stage.check('with another name under it the proof fails', forged.holds, false);
  const { items: heads } = await auditor.api.call('listAuditHeads', { query: { limit: 200 } });
  const [newest, oldest] = [heads.at(0), heads.at(-1)];
  if (newest && oldest && newest.treeSize > oldest.treeSize) {
    const grown = await auditor.api.call('proveAuditConsistency', { query: { from: oldest.treeSize, to: newest.treeSize } });
    stage.check(`from ${oldest.treeSize} to ${newest.treeSize} events it has only grown`, checkProof(grown, verifiers).holds, true);
  }
  const { reader } = app.database;
  await app.jobs.trigger('audit.seal_records');
  await app.settled();
  const found = [...(await verifyGuards(reader)), ...(await verifyRights(reader))].map(({ kind }) => kind as string);
  const headsFile = join(dataDir, 'audit-heads.log');
  for await (const { kind } of verifyTrail(reader, { now: clock.now(), verifiers: verifiers.map(verifierOf), headsFile })) found.push(kind);
  const records = verifyRecords(reader, clock.now());
  let next = await records.next();
  for (; !next.done; next = await records.next()) found.push(next.value.kind);
  stage.check('readings of people are under seals', next.value.records > 0, true);
  for await (const { kind } of verifyBooks(reader)) found.push(kind);
  stage.check('the trail, its heads, the rights, the records of readings and the books recomputed: nothing was found', found, []);
  const story = await auditor.api.call('readStory', { params: { kind: 'payment-list', id: list.id }, query: {} });
  stage.say(`The list’s story is ${story.items.length} events long; it begins: ${story.items[0]?.title.en ?? ''}.`);
}

async function firstWho<Item>(items: AsyncGenerator<Item>, fits: (item: Item) => boolean): Promise<Item> {
  for await (const item of items) if (fits(item)) return item;
  throw new Error('there is none');
}
