import { newId } from '../../src/platform/index.ts';
import { confirmAll, daysOf, giveCeilings, makeReintegration, makeWork, registeredBefore } from '../support/extras.ts';
import { makePerson } from '../support/fixtures.ts';
import { type Attacks, refused } from './stage.ts';

/** Attacks on the duties of what is owed: draws and days of work. */
export const onPlans = {
  async draws_signed_by_another({ platform, frame, app }) {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const planId = await makeReintegration(officer, frame);
    const [draw] = await giveCeilings(officer, planId, [await makePerson(platform, frame.programmeId)]);
    await confirmAll(officer, draw?.id ?? '');
    const sign = (by: string) => app.query(`insert into draw_decisions values ($1, 1, 'signed', null, $2, now())`, [draw?.id, by]);
    await refused('draws_signed_by_another', sign(officer.userId));
    await sign(newId());
  },
  async attendance_sheets_signed_by_another({ platform, frame, app }) {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const { planId, siteId } = await makeWork(officer, frame);
    const person = await makePerson(platform, frame.programmeId);
    await registeredBefore(platform, [person]);
    const rows = daysOf(person, [2]);
    const { body } = await officer.post(`/v1/plans/${planId}/attendance-sheets`, { siteId, rows }).expect(201);
    const sign = (by: string) =>
      app.query(`update attendance_sheets set state = 'signed', signed_by = $2, signed_at = now() where id = $1`, [body.id, by]);
    await refused('attendance_sheets_signed_by_another', sign(officer.userId));
    await sign(newId());
  },
} satisfies Partial<Attacks>;
