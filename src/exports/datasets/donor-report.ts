import { sql } from '../../platform/index.ts';
import { donorReport } from '../../reporting/index.ts';
import type { Dataset } from '../types.ts';

/** Every figure of a report with the place where it stands, whatever figures it has; what is suppressed is so here, too. */
function* figuresOf(value: unknown, place = ''): Generator<readonly [place: string, figure: string]> {
  if (value === null || value === undefined) yield [place, ''];
  else if (typeof value !== 'object') yield [place, String(value)];
  else for (const [key, inner] of Object.entries(value)) yield* figuresOf(inner, place === '' ? key : `${place}.${key}`);
}

/** What donors were told last of each fund, whichever days that was of; a fund of which nothing was published is not there. */
export const donorReports: Dataset = {
  name: 'donor_report',
  permission: 'reporting.read_donor_report',
  isPersonal: false,
  async *rows({ db }, { programmeId }) {
    yield ['fund', 'figure', 'value'];
    const funds = await db.all<{ id: string }>(sql`select id from funds where programme_id = ${programmeId} order by agreement, id`);
    for (const { id } of funds) {
      const report = await donorReport(db, id);
      if (report) for (const figure of figuresOf(report)) yield [id, ...figure];
    }
  },
};
