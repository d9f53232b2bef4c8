import type { ExportLimits } from '../beneficiaries/index.ts';
import { Download, type Ground, type Language, type Routes } from '../platform/index.ts';
import type { Category } from './category.ts';
import { type AskedErasure, askErasure, confirmErasure, withdrawErasure } from './erasure-commands.ts';
import { listErasures, readErasure } from './erasure-queries.ts';
import { setRetention } from './retention-commands.ts';
import { listRules, listRuns, previewRetention, readRun } from './retention-queries.ts';
import { whatToDo } from './rules.ts';
import { answerSubject } from './subject-access/answer-subject.ts';
import { subjectPage } from './subject-access/page.ts';

type Operation =
  | 'askErasure'
  | 'listErasures'
  | 'getErasure'
  | 'confirmErasure'
  | 'withdrawErasure'
  | 'setRetention'
  | 'listRetentionRules'
  | 'previewRetention'
  | 'listRetentionRuns'
  | 'getRetentionRun'
  | 'answerSubject';

const asked = ({ pending, ...erasure }: AskedErasure, language: Language) => ({
  ...erasure,
  pending: pending.map((obstacle) => whatToDo(obstacle)[language]),
});

/**
 * @param known everything that is kept for a time
 * @param limits how many people one user may tell in a day what is held of them
 */
export function privacyRoutes({ db, execute, clock }: Ground, known: readonly Category[], limits: ExportLimits): Routes<Operation> {
  const tellSubject = answerSubject(limits);
  return {
    askErasure: async ({ params, body, ...call }) => asked(await execute(askErasure, { ...params, ...body }, call), call.language),
    listErasures: ({ actor, params, query }) => listErasures(db, actor, params.programmeId, query),
    getErasure: async ({ actor, params, language }) => asked(await readErasure(db, actor, params.erasureId), language),
    confirmErasure: ({ params, ...call }) => execute(confirmErasure, params, call),
    withdrawErasure: ({ params, body, ...call }) => execute(withdrawErasure, { ...params, ...body }, call),
    setRetention: ({ body, ...call }) => execute(setRetention, { ...body, programmeId: body.programmeId ?? null }, call),
    listRetentionRules: ({ actor, query }) => listRules(db, actor, query),
    previewRetention: ({ actor }) => previewRetention(db, known, actor, clock.now()),
    listRetentionRuns: ({ actor, query }) => listRuns(db, actor, query),
    getRetentionRun: ({ actor, params }) => readRun(db, actor, params.runId),
    // It changes nothing, and what it answers is kept under no key.
    answerSubject: async ({ params, body: { format, ...asked }, actor, requestId }) => {
      const file = await execute(tellSubject, { ...params, ...asked }, { actor, requestId });
      if (format === 'json') return file;
      return new Download('text/html; charset=utf-8', `subject-${file.registrationNumber}.html`, [subjectPage(file)]);
    },
  };
}
