//! What is written in such calendars.

pub(crate) const SECTORS: [&str; 12] = [
    "Trasporto pubblico locale",
    "Trasporto ferroviario",
    "Trasporto aereo",
    "Sanità",
    "Scuola",
    "Università e ricerca",
    "Igiene urbana",
    "Poste e comunicazioni",
    "Elicotteri e servizi d’emergenza",
    "Metalmeccanici",
    "Logistica",
    "Pubblica amministrazione",
];

pub(crate) const REGIONS: [&str; 20] = [
    "Abruzzo",
    "Basilicata",
    "Calabria",
    "Campania",
    "Emilia-Romagna",
    "Friuli-Venezia Giulia",
    "Lazio",
    "Liguria",
    "Lombardia",
    "Marche",
    "Molise",
    "Piemonte",
    "Puglia",
    "Sardegna",
    "Sicilia",
    "Toscana",
    "Trentino-Alto Adige/Südtirol",
    "Umbria",
    "Valle d’Aosta/Vallée d’Aoste",
    "Veneto",
];

pub(crate) const UNIONS: [&str; 16] = [
    "FILT-CGIL",
    "FIT-CISL",
    "UILTRASPORTI",
    "FAISA-CISAL",
    "UGL",
    "USB",
    "COBAS",
    "CUB",
    "SGB",
    "ORSA",
    "FIOM-CGIL",
    "FIM-CISL",
    "UILM",
    "ASGB/USAS",
    "SAVT",
    "SSK – Zveza slovenskih šol",
];

/// German, French, Slovene, Greek, Arabic, Chinese and a sign of four bytes are spoken there too.
pub(crate) const REASONS: [&str; 10] = [
    "mancato rinnovo del contratto collettivo; città, perché, più sicurezza",
    "carenza di personale e turni massacranti già dall’estate",
    "licenziamenti annunciati nello stabilimento",
    "Lohnerhöhung und kürzere Arbeitszeit für die Beschäftigten in Südtirol",
    "grève pour la sécurité des équipages à Aoste",
    "stavka za višje plače učiteljev v Trstu in Gorici",
    "απεργία των ναυτεργατών στο λιμάνι του Μπρίντιζι",
    "إضراب عمال المستودعات في بياتشنزا",
    "普拉托纺织工人罢工，要求八小时工作制",
    "i rider chiedono un contratto 🚲 e l’assicurazione",
];
