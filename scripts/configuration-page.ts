import { settings } from '../src/platform/index.ts';

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** `docs/configuration.md`, made from the settings themselves. */
export function configurationPage(): string {
  const rows = Object.entries(settings.shape).map(([name, setting]) => {
    const standard = setting.safeParse(undefined).data;
    return row([`\`${name}\``, standard === undefined ? '' : `\`${String(standard)}\``, setting.description ?? '']);
  });
  return `# Configuration

Sanad reads its settings from the environment, once, when it starts. An empty value counts as not set. It stops with a
list of every setting that is missing or wrong. This page is made from \`src/platform/config.ts\` with \`npm run docs\`.

${[row(['setting', 'default', 'meaning']), row(['---', '---', '---']), ...rows].join('\n')}

Make a secret of 32 bytes with \`sanad keys new\` or \`openssl rand -base64 32\`. What each key does, and how the master key is
rotated, is in [keys.md](keys.md).
`;
}
