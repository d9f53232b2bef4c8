import { pilotRegistrations } from '../../src/seeding.ts';
import type { ItemOf } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';
import { takeExport } from './take-export.ts';

const ROWS = 1621;
const DEFECTS = 38;
/** Pairs that share a document, which exact comparison must find: 31 in the file, of which 3 have a refused row on one side. */
const SAME_DOCUMENT = 28;

/** The field office's file goes in: good rows are enrolled, bad ones come back, possible duplicates are held and some decided. */
export async function enrol(stage: Stage, { programmeId, enrolment, programme }: Pilot): Promise<void> {
  stage.chapter(`Enrolling people from the field office’s file (${ROWS} rows)`);
  const csv = await pilotRegistrations();
  const { id: fileId, unsettled } = await enrolment.api.call('receiveRegistrationFile', { params: { programmeId }, body: csv });
  stage.check('every column is known by its header', unsettled, []);
  await enrolment.api.call('checkRegistrationFile', { params: { fileId } });
  const { findings } = await carriedOut(stage, enrolment, fileId, 'dry run');
  stage.say(`The dry run finds ${findings?.refusedRows} bad rows and ${findings?.cost.decisions} possible duplicates, and enters nobody.`);
  await enrolment.api.call('runRegistrationFile', { params: { fileId } });
  const file = await carriedOut(stage, enrolment, fileId, 'rows');
  stage.check('the dry run said beforehand which rows would be refused', findings?.refusedRows, file.refusedRows);
  stage.check('every row is accounted for', [file.state, file.acceptedRows + file.refusedRows], ['done', ROWS]);
  await showRefused(stage, enrolment, fileId);
  const again = await enrolment.api.call('receiveRegistrationFile', { params: { programmeId }, body: csv });
  stage.check('the same file again changes nothing and says so', [again.id, again.alreadyReceived], [fileId, true]);

  stage.chapter('Looking at people who may be registered twice');
  const pairs: ItemOf<'listDuplicatePairs'>[] = [];
  for await (const pair of programme.api.all('listDuplicatePairs', { params: { programmeId }, query: { state: 'open' } })) pairs.push(pair);
  const byDocument = pairs.filter(({ evidence }) => evidence.some(({ field, level }) => field === 'document' && level === 'same'));
  const held = pairs.filter(({ score }) => Number(score) >= 0.8);
  stage.say(`${pairs.length} pairs found, ${held.length} of them held until somebody decides. Some that no exact rule would find:`);
  const acrossScripts = held.filter(({ first, second }) => isArabic(first) !== isArabic(second));
  const misspelt = held.filter((pair) => !byDocument.includes(pair) && !acrossScripts.includes(pair));
  for (const pair of [...acrossScripts.slice(0, 3), ...misspelt.slice(0, 2)]) {
    stage.say(`  ${nameOf(pair.first)} ~ ${nameOf(pair.second)}, ${pair.score}`);
    for (const { text, weight } of pair.evidence) stage.say(`      ${weight > 0 ? '+' : ''}${weight}  ${text}`);
  }
  stage.check('the same person in Arabic and in Latin letters is held', acrossScripts.length >= 1, true);
  stage.check('pairs that share a document', byDocument.length, SAME_DOCUMENT);
  const refused = await enrolment.api.refusal('decideDuplicatePair', decision(byDocument[0] as ItemOf<'listDuplicatePairs'>));
  stage.check('who enrols does not decide', refused?.code, 'forbidden');
  for (const pair of byDocument.slice(0, 10)) await programme.api.call('decideDuplicatePair', decision(pair));
  stage.say('The programme officer merges 10 of them; the others stay held.');
}

/** Watches what goes on with a file until it has come to its end. */
async function carriedOut(stage: Stage, enrolment: Pilot['enrolment'], fileId: string, what: string) {
  const bar = stage.progress(what, ROWS);
  for (;;) {
    const file = await enrolment.api.call('getRegistrationFile', { params: { fileId } });
    if (file.state !== 'checking' && file.state !== 'running') {
      bar.end();
      return file;
    }
    bar.to(file.state === 'checking' ? (file.findings?.checkedRows ?? 0) : file.doneRows);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function showRefused(stage: Stage, enrolment: Pilot['enrolment'], fileId: string): Promise<void> {
  const counts = new Map<string, number>();
  let rows = 0;
  for await (const { reasons } of enrolment.api.all('listRefusedRows', { params: { fileId } })) {
    rows += 1;
    for (const { code } of reasons) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  stage.say('Rows that came back, by reason:');
  stage.show([...counts].sort().map(([code, count]) => [code, String(count)]));
  stage.check('rows refused', rows, DEFECTS);
  const asked = await enrolment.api.call('createRefusedRowsExport', {
    params: { fileId },
    headers: { 'Sanad-Purpose': 'correction' },
    body: { reason: 'To be corrected in the field', language: 'fr', encryption: 'zip' },
  });
  const { text } = await takeExport(enrolment.api, asked);
  stage.check('they come back encrypted, to be corrected and sent again', text.trim().split('\n').length > DEFECTS, true);
}

type Side = ItemOf<'listDuplicatePairs'>['first'];

const nameOf = ({ names }: Side): string => [names?.given, names?.middle, names?.family].filter(Boolean).join(' ');
const isArabic = (side: Side): boolean => /\p{Script=Arabic}/u.test(nameOf(side));

function decision({ first, second, version }: ItemOf<'listDuplicatePairs'>) {
  return {
    params: { firstId: first.id, secondId: second.id },
    body: { decision: 'same_person' as const, survivorId: first.id, reason: 'The same document was seen at both registrations.', version },
  };
}
