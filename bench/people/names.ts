import { type Chance, chance } from './random.ts';

/** A name as clerks spell it in Latin script, the commonest spelling first, and in Arabic script where it is written so. */
export interface Name {
  readonly latin: readonly string[];
  readonly arabic?: string;
}

const read = (list: string): Name[] =>
  list
    .trim()
    .split(/\s*;\s*/)
    .map((entry) => {
      const [spellings = '', arabic] = entry.split('=').map((part) => part.trim());
      return { latin: spellings.split('|'), ...(arabic ? { arabic } : {}) };
    });

/** Given names of men, the commonest first. */
export const men =
  read(`Mohamed|Mohammed|Mouhamed|Mouhammed|Muhammad=محمد; Amadou|Ahmadou|Hamadou; Ahmed|Ahmad|Ahmet=أحمد; Ibrahim|Ibrahima|Brahim=إبراهيم;
  Abdoulaye|Abdulaye|Abdoulay=عبدالله; Moussa|Musa|Mousa=موسى; Ali|Aly=علي; Ousmane|Osman|Othmane=عثمان; Youssef|Yusuf|Yousef|Youssouf=يوسف;
  Omar|Oumar|Umar=عمر; Mamadou|Mahamadou|Mamoudou; Issa|Eissa=عيسى; Adama; Seydou|Saidou; Abdelkader|Abdelkadir|Abdul Kader=عبد القادر; Boubacar|Aboubacar|Abubakar=أبو بكر;
  Khaled|Khalid=خالد; Souleymane|Suleiman|Sulayman|Slimane=سليمان; Idrissa|Idriss|Idris=إدريس; Bakary|Bakari; Hassan|Hassane|Hasan=حسن; Hamza|Hamzah=حمزة;
  Karim|Kareem=كريم; Lamine|Lamin|Amine=أمين; Modibo; Cheick|Cheikh|Sheikh=شيخ; Bilal|Bilel=بلال; Samir|Sameer=سمير; Rachid|Rashid=رشيد; Mustapha|Moustapha|Mustafa=مصطفى;
  Yacouba|Yakouba|Yacoub|Yaqub=يعقوب; Drissa; Salif|Salifou; Hicham|Hisham=هشام; Mahmoud|Mahmud|Mahamoud=محمود; Abderrahmane|Abdurrahman|Abdou Rahmane=عبد الرحمن;
  Nabil|Nabeel=نبيل; Sekou|Sékou; Kader|Qader=قادر; Haruna|Harouna|Haroun=هارون; Farid|Fareed=فريد; Alassane|Alhassan|Lassana; Tahar|Taher|Tahir=طاهر; Tidiane|Tidjani|Tijani=تيجاني;
  Emmanuel; Joseph; Jean; Paul; Ayoub|Ayyub=أيوب; Djibril|Jibril|Gibril=جبريل; Demba; Samba; Yaya|Yahya|Yahia=يحيى; Zakaria|Zakariya|Zakari=زكريا; Ismail|Ismael|Smail=إسماعيل;
  Ilyas|Elias|Lyes=إلياس; Reda|Ridha|Rida=رضا; Sofiane|Soufiane|Sufyan=سفيان; Tarek|Tariq|Tarik=طارق; Walid|Oualid=وليد; Yassine|Yasin|Yacine=ياسين; Anis|Anise=أنيس; Fodé|Fode; Mory; Chukwu|Chuku; Emeka; Kwame; Kofi; Tesfaye; Abebe; Dawit; Bashir|Bachir=بشير; Nouh|Nuh=نوح; Daouda|Dawuda|Daoud=داود`);

/** Given names of women, the commonest first. */
export const women =
  read(`Fatima|Fatma|Fatoumata|Fatimata|Fatou=فاطمة; Aminata|Aminatou|Amina|Aminah=أمينة; Mariam|Maryam|Mariama|Meriem=مريم; Aïcha|Aisha|Aissata|Aicha=عائشة;
  Khadija|Khadidja|Kadiatou|Kadidia=خديجة; Zeinab|Zaynab|Zainab|Zineb=زينب; Hawa|Awa|Hawwa=حواء; Oumou|Umu; Salimata|Salima=سليمة; Rokia|Rokiatou|Ruqayya=رقية;
  Halima|Halimatou|Haleema=حليمة; Nadia|Nadya=نادية; Safiatou|Safia|Safiya=صفية; Djeneba|Jeneba|Dieneba; Assitan|Assétou|Assetou; Samira|Sameera=سميرة; Leila|Layla|Leyla=ليلى;
  Fanta; Bintou|Binta|Bintu; Ramatou|Ramata|Rahmatou=رحمة; Hadiza|Hadija; Sira; Nour|Noor|Nur=نور; Imane|Iman|Imène=إيمان; Yasmine|Yasmin|Yasmina=ياسمين; Karima|Kareema=كريمة;
  Houda|Huda|Hoda=هدى; Wafa|Ouafa=وفاء; Sara|Sarah|Sarra=سارة; Souad|Suad|Soad=سعاد; Rachida|Rashida=رشيدة; Djamila|Jamila|Jameela=جميلة; Nafissatou|Nafissa|Nafisa=نفيسة;
  Adja|Hadja; Kadija; Ndeye|Ndèye; Mame; Astou; Coumba|Kumba; Penda; Grace; Blessing; Esther; Ruth; Marie; Hafsa|Hafsatou|Hafsat=حفصة; Asma|Asmaa|Esma=أسماء; Soumaya|Sumaya|Soumia=سمية; Rania|Raniya=رانيا; Ikram|Ikrame=إكرام; Hanane|Hanan=حنان; Warda|Ouarda=وردة; Zohra|Zahra=زهرة; Tigist; Hiwot; Almaz; Ngozi; Chioma; Abena; Akosua`);

const known =
  read(`Traoré|Traore|Traoure; Diallo|Jallo|Jalloh=ديالو; Coulibaly|Kulibali|Koulibaly; Keïta|Keita; Camara|Kamara; Touré|Toure|Ture; Sangaré|Sangare; Diarra|Jarra; Konaté|Konate; Cissé|Cisse|Sissé;
  Bah|Ba; Sow|So; Barry|Bari; Baldé|Balde; Sylla|Silla; Koné|Kone; Ouédraogo|Ouedraogo|Wedraogo; Sawadogo; Maïga|Maiga; Haïdara|Haidara|Haydara=حيدرة; Benali|Ben Ali|Bin Ali=بن علي;
  Brahimi|Ibrahimi=براهيمي; Mansouri|Mansuri|El Mansouri=منصوري; Hamdi=حمدي; Bensalah|Ben Salah|Bin Saleh=بن صالح; Boudiaf|Boudhiaf=بوضياف; Zerrouki|Zerouki=زروقي; Belkacem|Belqasim|Belkassem=بلقاسم;
  Haddad|Hadad=حداد; Khelifi|Khlifi|Khalifi=خليفي; Cherif|Sharif|Chérif=شريف; Saidi|Saïdi=سعيدي; Moussaoui|Musawi=موساوي; Abdullahi|Abdoulahi; Moumouni|Mumuni; Souley|Sule; Okafor|Okafo; Adeyemi;
  Ibrahim; Bello; Garba; Sani; Fofana|Fofanah; Bangura|Bangoura; Conteh|Konteh; Sesay; Soumaré|Soumare; Sidibé|Sidibe; Dembélé|Dembele; Doumbia|Dumbuya; Kanté|Kante; Ndiaye|N'Diaye; Diop|Jobe; Fall; Gueye|Guèye;
  Mbaye|M'Baye; Ousmane; Mahamat|Mahamet=محمد; Abakar|Abkar; Hassane; Al Hassan|Alhassan=الحسن; El Amin|Elamin=الأمين; Osman|Othman=عثمان; Adam=آدم; Idris=إدريس; Tesfay; Gebre; Haile; Mbarga; Nguema; Ekambi; Tchoua;
  Ould Ahmed|Ould Ahmad=ولد أحمد; Mint Sidi|Minte Sidi=منت سيدي; Lounes|Lounès=لوناس; Aït Ahmed|Ait Ahmed=آيت أحمد; Gueroudj; Meziane=مزيان; Amrani|Omrani=عمراني; Benmoussa|Ben Moussa=بن موسى`);

const onsets = 'b d f g h k l m n r s t w y z ch dj gn kh sh'.split(' ');
const vowels = 'a e i o u a i ou'.split(' ');
const codas = ['', '', '', 'n', 'r', 'l', 'm'];

/** Family names that few bear: there are very many of them, and together they are most people's. */
function rare(count: number): Name[] {
  const dice = chance(20_260_101);
  const syllable = (dice: Chance) => dice.oneOf(onsets) + dice.oneOf(vowels) + dice.oneOf(codas);
  const made = new Set<string>();
  while (made.size < count) {
    const name = Array.from({ length: 2 + dice.below(2) }, () => syllable(dice)).join('');
    made.add(name.charAt(0).toUpperCase() + name.slice(1));
  }
  return [...made].map((name) => ({ latin: [name] }));
}

/** Family names, the commonest first. */
export const families: readonly Name[] = [...known, ...rare(6_000)];
