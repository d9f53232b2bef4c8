import { openExceptions } from '../../src/reconciliation/exceptions/store.ts';
import type { Finding } from '../../src/reconciliation/types.ts';
import type { Frame } from './fixtures.ts';
import type { TestPlatform } from './platform.ts';
import { type Line, stageStatement } from './statements.ts';

/** A statement with these lines, as it stands once it was matched; nothing of it agreed. @returns its identifier and those of its lines */
export async function makeStatement(
  platform: TestPlatform,
  { programmeId, officeCode }: Frame,
  lines: readonly Line[],
  source: 'post' | 'bank' = 'post',
): Promise<{ statementId: string; lineIds: string[] }> {
  const said = lines.map((line) => ({ officeCode, ...line }));
  const { id, lineIds } = await stageStatement(platform, { programmeId, source, state: 'reconciled', lines: said });
  return { statementId: id, lineIds };
}

/** Opens exceptions as a run of matching would. @returns their identifiers, in the order of the findings: identifiers go up as they are made */
export async function open(
  { app, clock }: TestPlatform,
  { programmeId }: Pick<Frame, 'programmeId'>,
  statementId: string,
  findings: readonly Finding[],
  ownerId: string | null = null,
): Promise<string[]> {
  const opening = { programmeId, statementId, ownerId, at: clock.now() };
  const opened = await app.database.transaction((tx) => openExceptions(tx, opening, findings));
  return opened.map(({ id }) => id).sort();
}
