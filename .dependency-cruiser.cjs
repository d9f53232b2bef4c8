/**
 * The floors of the house, from the ground up. A room imports only from rooms on floors below it and, on its own floor,
 * from rooms named to its left. `platform` knows nothing of cash assistance, so it imports no room at all.
 */
const floors = [
  ['platform'],
  ['access', 'ledger', 'audit'],
  ['programmes', 'funding', 'offices'],
  ['matching', 'beneficiaries', 'deduplication', 'intake', 'eligibility'],
  ['assistance', 'payments'],
  ['vouchers', 'messaging', 'cashout', 'handovers', 'offline', 'signals'],
  ['reconciliation', 'reporting', 'feedback', 'monitoring'],
  ['privacy'],
  ['interop', 'exports', 'webhooks'],
];

/** Where the rooms are wired together; these may import every room, and no room imports them. */
const top = [
  'main',
  'cli',
  'cli-audit',
  'keys-cli',
  'sealed-columns',
  'app',
  'server',
  'seeding',
  'stories',
  'demo-accounts',
  'documentation',
];

const rooms = floors.flat();
const oneOf = (names) => `(?:${names.join('|')})`;
const inRooms = (names) => `^src/${oneOf(names)}/`;
const isTest = '\\.test\\.ts$';

const mayOnlyLookDown = rooms.map((room, position) => ({
  name: `${room}-looks-down`,
  comment: `${room} imports only from rooms below it, or to its left on its own floor.`,
  severity: 'error',
  from: { path: inRooms([room]), pathNot: isTest },
  to: { path: '^src/[^/]+/', pathNot: `^src/(?:contract|${[...rooms.slice(0, position), room].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...mayOnlyLookDown,
    {
      name: 'through-the-door',
      comment: "Other rooms import a room's index.ts and nothing behind it. Tests may look inside.",
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: isTest },
      to: { path: inRooms(rooms), pathNot: ['^src/[^/]+/index\\.ts$', '^src/$1/'] },
    },
    {
      name: 'through-the-door-from-the-top',
      severity: 'error',
      from: { path: ['^src/[^/]+\\.ts$', '^scripts/'] },
      to: { path: inRooms(rooms), pathNot: '^src/[^/]+/index\\.ts$' },
    },
    {
      name: 'every-room-has-a-floor',
      comment: 'A new folder under src is named in the floors above (console stands beside them; contract is generated).',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/${oneOf([...rooms, 'contract', 'console'])}/` },
    },
    {
      name: 'nobody-imports-the-top',
      comment: `${top.join(', ')} join the rooms; what a room needs from above is handed to it.`,
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: isTest },
      to: { path: `^src/${oneOf(top)}\\.ts$` },
    },
    {
      name: 'only-the-top-stands-outside-a-room',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: `^src/${oneOf(top)}\\.ts$` },
      to: {},
    },
    {
      name: 'console-speaks-to-the-api-only',
      severity: 'error',
      from: { path: '^src/console/' },
      to: { path: '^src/', pathNot: '^src/(?:console|contract)/' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { path: ['^test/', isTest] },
    },
    {
      name: 'no-development-package-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that imports nobody is dead, or has lost its caller.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^src/contract/'] },
      to: {},
    },
    {
      name: 'nothing-dead',
      comment:
        'Code that no way in reaches is dead. The keeper of the embedded server is forked by its path; types of others are found by their name.',
      severity: 'error',
      from: { path: '^(?:src/(?:main|cli)\\.ts$|test/support/)' },
      to: {
        path: '^src/',
        pathNot: [isTest, '^src/(?:console|contract)/', '^src/(?:main|cli)\\.ts$', 'embedded-postgres-host', '\\.d\\.ts$'],
        reachable: false,
      },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count: a room that only borrows another's types still depends on it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/console/(?:dist|node_modules)' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
