import { authoriseRead, type ScopeColumns, scopeCondition } from '../access/index.ts';
import {
  type Actor,
  cursorKey,
  type Db,
  Download,
  type Page,
  pageOf,
  pageRequest,
  pageRequestById,
  sql,
  writeTable,
} from '../platform/index.ts';
import { headsBefore, keysUsed } from './heads/head-store.ts';
import type { ConsistencyProof, InclusionProof } from './proof.ts';
import { consistencyProof, inclusionProof, sealedEvent } from './prove.ts';
import { eventsAfter, pageOfEvents } from './store.ts';
import { type AuditEvent, type AuditFilter, eventFields } from './types.ts';

/** Where an event `e` belongs. */
export const eventColumns: ScopeColumns = { programme: sql`e.programme_id`, office: sql`e.office_id`, fund: sql`e.fund_id` };

/** The events that an actor may read and that fit a filter, newest first. */
export async function listAuditEvents(
  db: Db,
  actor: Actor,
  { limit: size, cursor, ...filter }: AuditFilter & { limit?: number; cursor?: string },
): Promise<Page<AuditEvent>> {
  const within = scopeCondition(actor, 'audit.read', eventColumns);
  const { limit, after } = pageRequestById({ limit: size, cursor });
  return pageOfEvents(db, within, filter, limit, after);
}

const EXPORTED_AT_A_TIME = 2_000;

/** The same events as a file, oldest first, written as it is read. */
export async function exportAuditEvents(
  db: Db,
  actor: Actor,
  { format = 'jsonl', ...filter }: AuditFilter & { format?: 'jsonl' | 'csv' },
): Promise<Download> {
  const within = scopeCondition(actor, 'audit.read', eventColumns);
  async function* events(): AsyncGenerator<AuditEvent[]> {
    for (let after: string | undefined; ; ) {
      const page: AuditEvent[] = await eventsAfter(db, within, filter, EXPORTED_AT_A_TIME, after);
      if (page.length > 0) yield page;
      if (page.length < EXPORTED_AT_A_TIME) return;
      after = page.at(-1)?.id;
    }
  }
  async function* lines(): AsyncGenerator<string> {
    for await (const page of events()) yield page.map((event) => `${JSON.stringify(event)}\n`).join('');
  }
  async function* rows(): AsyncGenerator<string[]> {
    yield [...eventFields];
    for await (const page of events()) for (const event of page) yield eventFields.map((field) => event[field] ?? '');
  }
  return format === 'csv'
    ? new Download('text/csv; charset=utf-8', 'audit-events.csv', writeTable({ kind: 'csv' }, rows()))
    : new Download('application/jsonl', 'audit-events.jsonl', lines());
}

/** Proves an event that the actor may read. @throws not_found; not_sealed_yet */
export async function proveAuditEvent(db: Db, actor: Actor, id: string): Promise<InclusionProof> {
  authoriseRead(actor, 'audit.read');
  const { scope } = await sealedEvent(db, id);
  authoriseRead(actor, 'audit.read', scope);
  return inclusionProof(db, id);
}

/** A signed head as the API shows it. */
export interface ShownHead {
  readonly treeSize: number;
  readonly root: string;
  readonly note: string;
  readonly verifierKey: string;
  readonly signedAt: string;
}

/** The signed heads, newest first. They tell nothing of what happened, only that it is unchanged. */
export async function listAuditHeads(db: Db, actor: Actor, query: { limit?: number; cursor?: string }): Promise<Page<ShownHead>> {
  authoriseRead(actor, 'audit.read_heads');
  const { limit } = pageRequest(query);
  const before = cursorKey(query.cursor, (key) => /^[1-9]\d{0,15}$/.test(key));
  const heads = await headsBefore(db, before === undefined ? undefined : Number(before), limit + 1);
  return pageOf(
    heads.map(({ root, signedAt, ...head }) => ({ ...head, root: root.toString('base64'), signedAt: signedAt.toISOString() })),
    limit,
    ({ treeSize }) => String(treeSize),
  );
}

/** The public keys that heads were signed under, newest first. */
export async function listAuditKeys(db: Db, actor: Actor): Promise<{ items: { verifierKey: string; firstUsedAt: string }[] }> {
  authoriseRead(actor, 'audit.read_heads');
  return { items: (await keysUsed(db)).map(({ verifierKey, firstUsedAt }) => ({ verifierKey, firstUsedAt: firstUsedAt.toISOString() })) };
}

/** Proves that the trail has only grown between two heads. @throws not_found; unprocessable */
export async function proveAuditConsistency(db: Db, actor: Actor, from: number, to: number): Promise<ConsistencyProof> {
  authoriseRead(actor, 'audit.read_heads');
  return consistencyProof(db, from, to);
}
