import { type Ground, type Routes, Versioned, versionIn } from '../../platform/index.ts';
import { assignException, changeDueDate } from './commands/assign-exception.ts';
import { approveProposal, refuseProposal } from './commands/decide-proposal.ts';
import { assignExceptions, resolveExceptions } from './commands/in-bulk.ts';
import { proposeResolution } from './commands/propose-resolution.ts';
import { attachToException, commentOnException, removeAttachment } from './commands/remark.ts';
import { reopenException } from './commands/reopen-exception.ts';
import { resolveException } from './commands/resolve-exception.ts';
import { setExceptionRules } from './commands/set-rules.ts';
import { filterOf, listClaims, listComments, listExceptions, readAgeing, readException, readSettings } from './queries.ts';

type Operations =
  | 'listExceptions'
  | 'getExceptionAgeing'
  | 'assignExceptions'
  | 'resolveExceptions'
  | 'getExceptionSettings'
  | 'setExceptionSettings'
  | 'listClaims'
  | 'getException'
  | 'assignException'
  | 'changeExceptionDueDate'
  | 'listExceptionComments'
  | 'commentOnException'
  | 'attachToException'
  | 'removeExceptionAttachment'
  | 'resolveException'
  | 'proposeResolution'
  | 'approveResolution'
  | 'refuseResolution'
  | 'reopenException';

const versioned = <Body extends { readonly version: number }>(body: Body) => new Versioned(body, body.version);

export const exceptionRoutes = ({ db, execute, clock, keyRing }: Ground): Routes<Operations> => ({
  listExceptions: ({ actor, params, query }) => listExceptions(db, actor, params.programmeId, query, clock.now()),
  getExceptionAgeing: ({ actor, params }) => readAgeing(db, actor, params.programmeId, clock.now()),
  assignExceptions: ({ params, body, ...call }) =>
    execute(assignExceptions, { ...params, ...body, filter: filterOf(call.actor, body.filter) }, call),
  resolveExceptions: ({ params, body, ...call }) =>
    execute(resolveExceptions, { ...params, ...body, filter: filterOf(call.actor, body.filter) }, call),
  getExceptionSettings: async ({ actor, params }) => versioned(await readSettings(db, actor, params.programmeId)),
  setExceptionSettings: async ({ params, ifMatch, body, ...call }) =>
    versioned(await execute(setExceptionRules, { ...params, ...body, version: versionIn(ifMatch) }, call)),
  listClaims: ({ actor, params, query }) => listClaims(db, actor, params.programmeId, query),
  getException: async ({ actor, params }) => versioned(await readException(db, actor, params.exceptionId, clock.now())),
  assignException: async ({ params, ifMatch, body, ...call }) =>
    versioned(await execute(assignException, { ...params, ...body, version: versionIn(ifMatch) }, call)),
  changeExceptionDueDate: async ({ params, ifMatch, body, ...call }) =>
    versioned(await execute(changeDueDate, { ...params, ...body, version: versionIn(ifMatch) }, call)),
  listExceptionComments: ({ actor, params, query }) => listComments(db, keyRing, actor, params.exceptionId, query),
  commentOnException: ({ params, body, ...call }) => execute(commentOnException, { ...params, ...body }, call),
  attachToException: ({ params, body, ...call }) => execute(attachToException, { ...params, ...body }, call),
  removeExceptionAttachment: ({ params, body, ...call }) => execute(removeAttachment, { ...params, ...body }, call),
  resolveException: ({ params, body, ...call }) => execute(resolveException, { ...params, ...body }, call),
  proposeResolution: ({ params, body, ...call }) => execute(proposeResolution, { ...params, ...body }, call),
  approveResolution: ({ params, body: _none, ...call }) => execute(approveProposal, params, call),
  refuseResolution: ({ params, body, ...call }) => execute(refuseProposal, { ...params, ...body }, call),
  reopenException: ({ params, body, ...call }) => execute(reopenException, { ...params, ...body }, call),
});
