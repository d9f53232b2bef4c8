import { defineProblems } from '../../platform/index.ts';

export const reportProblem = defineProblems({
  no_report_yet: [409, 'Nothing has been published on this fund yet'],
  day_not_over: [409, 'A report ends with a day that is over'],
  report_exists: [409, 'The days are in a report already'],
  too_few_paid: [409, 'Fewer than ten were paid since the last report'],
  publisher_unknown: [409, 'Nobody has said who publishes on this fund'],
});
