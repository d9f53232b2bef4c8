/** What a run prints, and, where TEST_REPORT names a file, the same as JSON in it. */
export const reporters: ['default', ...['json', { outputFile: string }][]] = [
  'default',
  ...(process.env['TEST_REPORT'] ? [['json', { outputFile: process.env['TEST_REPORT'] }] as ['json', { outputFile: string }]] : []),
];
