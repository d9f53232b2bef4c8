/**
 * Words that the passwords most people use are made of, folded to small letters: those of "Top 200 Most Common Passwords" (NordPass, 2024) that
 * are no runs of keys or digits, the same in Arabic and French transcriptions, and what this platform makes people think of. Long ones first.
 */
export const commonWords: readonly string[] = [
  'password motdepasse administrator administrateur iloveyou princess football baseball basketball superman sunshine whatever trustno',
  'michelle jennifer jessica charlie liverpool starwars computer chocolate internet samsung minecraft facebook instagram babygirl butterfly',
  'alexander benjamin jonathan samantha anthony nicole matthew william starwars pokemon dragon monkey master shadow killer soccer hockey',
  'welcome letmein changeme default secret testing unknown freedom family cheese cookie summer winter spring autumn january february',
  'bonjour soleil doudou chouchou azerty qwerty jetaime marseille chocolat nicolas camille loulou algerie algeria maroc tunisie',
  'passw0rd passwort passe admin guest login user1234 root hello love lovely flower purple batman naruto hunter jordan daniel thomas',
  'andrew robert justin joshua hannah ashley amanda andrea maggie tigger buster chelsea arsenal barcelona realmadrid juventus',
  'mohamed mohammed muhammad ahmed habibi habibti bismillah alhamdulillah inchallah inshallah allah ramadan',
  'sanad voucher cashout donor agency humanitarian blink182 abcd1234 1q2w3e4r 1qaz2wsx zaq12wsx q1w2e3r4 qazwsx 123qwe abc123',
]
  .join(' ')
  .split(' ')
  .sort((a, b) => b.length - a.length);
