import { authoriseRead } from '../access/index.ts';
import { type Actor, command, type Db, type Page, pageRequest, pageRequestById } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { notesOf, stepsOf } from './case-store.ts';
import { type CaseFilter, escalationsOf, isEscalationKey, pageOfCases } from './list-store.ts';
import { sealOf } from './sealing.ts';
import { caseFor, scopeOfCase, seenBy, subjectOf } from './seeing.ts';
import { rulesOf } from './settings-store.ts';
import type { FeedbackCase, FeedbackCaseInFull } from './types.ts';

/** The cases of a programme that a reader may see, the newest first. @throws not_found */
export async function listCases(
  db: Db,
  actor: Actor,
  programmeId: string,
  { limit: asked, cursor, ...filter }: CaseFilter & { limit?: number; cursor?: string },
  now: Date,
): Promise<Page<FeedbackCase>> {
  const within = seenBy(actor, programmeId);
  await programmeById(db, programmeId);
  const { limit, after } = pageRequestById({ limit: asked, cursor });
  return pageOfCases(db, within, filter, now, limit, after);
}

// Reading what somebody told leaves a trace in the trail, so this is a command.

/** Opens a case. @throws not_found when there is none, or not for this actor */
export const readCase = command<{ caseId: string }, FeedbackCaseInFull>({
  name: 'feedback.read_case',
  scope: scopeOfCase,
  async run({ tx, actor, keyRing }, { caseId }) {
    const found = await caseFor(tx, actor, caseId);
    const { dataKey, content, reply, shown, beneficiaryId, personIs, voucherId, payoutId, accusedIds } = found;
    const seal = dataKey ? sealOf(keyRing, caseId, dataKey) : undefined;
    const told = seal && content ? seal.openContent(content) : undefined;
    const notes = seal ? await notesOf(tx, caseId) : [];
    const steps = await stepsOf(tx, caseId);
    const result: FeedbackCaseInFull = {
      case: shown,
      programmeId: shown.programmeId,
      beneficiaryId,
      personIs,
      voucherId,
      payoutId,
      accusedIds: [...accusedIds],
      text: told?.text ?? null,
      contact: told?.contact ?? null,
      reply: seal && reply ? seal.openReply(reply) : null,
      notes: notes.map(({ id, note, by, at }) => ({ note: seal?.openNote(id, note) ?? '', by, at: at.toISOString() })),
      steps: steps.map(({ number, reason, at, ...step }) => ({
        ...step,
        at: at.toISOString(),
        reason: seal && reason ? seal.openReason(number, reason) : null,
      })),
    };
    return { result, subject: subjectOf(caseId), scope: { programme: shown.programmeId } };
  },
});

/** Cases that took too long, and who was told. @throws not_found */
export async function listEscalations(
  db: Db,
  actor: Actor,
  programmeId: string,
  { mine, ...query }: { mine?: boolean; limit?: number; cursor?: string },
) {
  const within = seenBy(actor, programmeId);
  await programmeById(db, programmeId);
  const { limit, after } = pageRequest(query, isEscalationKey);
  return escalationsOf(db, within, mine ? actor.id : undefined, limit, after);
}

/** What holds of the categories of a programme. @throws not_found */
export async function listCategories(db: Db, actor: Actor, programmeId: string) {
  authoriseRead(actor, 'feedback.read_settings', { programme: programmeId });
  await programmeById(db, programmeId);
  return { items: await rulesOf(db, programmeId) };
}
