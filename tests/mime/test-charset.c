/* Charset rescue, encoded-words, parameters: Korean first of all. */
#include "test-mime.h"

#include <string.h>

#include "mime-charset-private.h"
#include "mime-decode-private.h"
#include "mime-header-private.h"

static void
check_bytes (const char *declared, GBytes *bytes, const char *expected)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = mime_charset_to_utf8 (declared, data, length);

  g_assert_cmpstr (text, ==, expected);
  g_bytes_unref (bytes);
}

static void
test_korean (void)
{
  static const char *const names[] = {
    "euc-kr",  "EUC-KR",    "ks_c_5601-1987", "KS_C_5601-1987", "\"ks_c_5601-1987\"",
    "ksc5601", "cp949",     "windows-949",    "x-windows-949",  "uhc",
    "korean",  "iso-ir-149"
  };
  /* Every one of these may be said of CP949 by mistake, or not at all. */
  static const char *const lies[] = {
    NULL, "", "us-ascii", "utf-8", "iso-8859-1", "windows-1252", "x-unknown", "no-such-charset"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    check_bytes (names[i], test_encode ("똠방각하 펲시콜라", "CP949"), "똠방각하 펲시콜라");
    check_bytes (names[i], test_encode ("크기", "EUC-KR"), "크기");
    check_bytes (names[i], test_encode ("키", "EUC-KR"), "키"); /* C5 B0: valid UTF-8 by chance */
  }
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++) {
    check_bytes (lies[i], test_encode ("안녕하세요, 똠방각하 님. 회의는 3시입니다.", "CP949"),
                 "안녕하세요, 똠방각하 님. 회의는 3시입니다.");
    check_bytes (lies[i], test_encode ("안녕하세요", "UTF-8"), "안녕하세요");
  }
  check_bytes ("euc-kr", test_encode ("안녕하세요", "UTF-8"), "안녕하세요");
  check_bytes ("iso-2022-kr", test_encode ("안녕하세요 hello\n둘째 줄", "ISO-2022-KR"),
               "안녕하세요 hello\n둘째 줄");
  check_bytes (NULL, test_encode ("안녕하세요", "ISO-2022-KR"), "안녕하세요");
  check_bytes ("iso-2022-kr", test_encode ("안녕하세요", "CP949"), "안녕하세요");
}

/* Of what nobody labelled the letters tell; what is labelled is left alone. */
static void
test_unlabelled (void)
{
  static const struct
  {
    const char *charsets[4];
    const char *text;
  } eastern[] = {
    { { "CP1250", "ISO-8859-2" },
      "Dzień dobry, w załączeniu przesyłam fakturę za ostatni miesiąc. Proszę o potwierdzenie, że "
      "wszystko się zgadza." },
    { { "CP1250", "ISO-8859-2" }, "Książka już czeka w księgarni" },
    { { "CP1250", "ISO-8859-2" }, "Zażółć gęślą jaźń" },
    { { "CP1250", "ISO-8859-2" },
      "Dobrý den, příští schůzka bude ve středu. Prosím, přineste s sebou všechny papíry a klíče od "
      "kanceláře." },
    { { "CP1250", "ISO-8859-2" },
      "Dobrý deň, ďakujem za správu. Stretneme sa v utorok pred ôsmou a potom pôjdeme všetci spolu, "
      "keď už bude svetlo. Ľubica príde neskôr." },
    { { "CP1250", "ISO-8859-2" },
      "Kedves Barátom! Köszönöm a levelet, jövő héten otthon leszek, és a gyűlésről is írok majd. Az "
      "idő szép, a hegyekből jövünk." },
    { { "CP1250", "ISO-8859-2" },
      "Poštovani, šaljem vam račun za prošli mjesec. Možete li provjeriti je li sve točno? Hvala, "
      "čekam vaš odgovor već danas." },
    { { "CP1250", "ISO-8859-2" },
      "Bună ziua, vă mulţumesc pentru răspuns. Întâlnirea începe la ora nouă şi ţine două ore, iar "
      "după aceea mergem să mâncăm." },
    { { "CP1254" },
      "Merhaba, toplantı yarın sabah dokuzda başlıyor. Lütfen geç kalmayın, çünkü işimiz çok. "
      "Görüşmek üzere, İpek Yıldız" },
    { { "CP1251", "KOI8-R", "ISO-8859-5" },
      "Добрый день! Встреча завтра в девять часов утра, пожалуйста, не опаздывайте." },
    { { "CP1251", "KOI8-R" },
      "Добрый день! Встреча завтра в девять часов утра, пожалуйста, не опаздывайте.\n\n"
      "-- \nIvan Petrov, Example Trading Company, Some Street 17, Another City, phone 555 1234567, "
      "https://www.example.org/a/very/long/address/of/some/page.html" },
    { { "CP1253", "ISO-8859-7" },
      "Καλημέρα σας, η συνάντηση αρχίζει αύριο το πρωί στις εννέα. Σας παρακαλώ να μην αργήσετε." },
  };
  static const char *const western[] = {
    "Le café est fermé à Noël, où êtes-vous allés ? Ça m’a étonné, le cœur est déçu.",
    "Größe über Straße, schöne Grüße aus Köln",
    "La città è più bella così, perché c’è il sole: però è già lunedì",
    "¿Dónde está el niño? ¡Mañana será otro día! La compañía llegó después.",
    "Não há ninguém na estação; a televisão já não está à venda, e as lições são às três",
    "Vi ses på fredag, så går vi på bio. Jag är där klockan åtta, för då är det mörkt.",
    "Hvor er æblerne? De ligger på bordet, og øllet står i køleskabet, så det er ærgerligt.",
    "Það er gott veður í dag, en á morgun verður rigning. Ég kem þá heim og við förum í bíó með ömmu.",
    "Täällä on kylmä, mutta söin hyvän päivällisen ystävän kanssa ja näin järven jäätyvän.",
    "Tänan, jõuan õhtul koju ja söön süüa, öö on külm ja pärast võib lund tulla",
    "De zeeën zijn koud, en zo’n café in een oeroude coöperatie is één idee; hij heeft geërgerd geïnd.",
    "La pluja caurà demà, però l’avió sortirà a l’hora; això és l’última cosa que vull dir, senyor Muñoz.",
    "A room of 30 m² at 20 °C ± 2 °C costs £300 or €350 — “cheap”, says Zoë; ½ of it is yours",
    "30 m³, 5 µm, §7, ©2026 Example®, 3½ × 4¼, ¶2, naïve",
    "Sean Ó Súilleabháin and Siân: is fear gan chiall é, tá sé anseo",
    "résumé",
    "Peña",
    "Übung",
  };
  static const char *const said[] = { "iso-8859-1", "windows-1252" };

  for (gsize i = 0; i < G_N_ELEMENTS (eastern); i++) {
    for (gsize j = 0; j < 4 && eastern[i].charsets[j] != NULL; j++) {
      check_bytes (NULL, test_encode (eastern[i].text, eastern[i].charsets[j]), eastern[i].text);
      check_bytes ("us-ascii", test_encode (eastern[i].text, eastern[i].charsets[j]),
                   eastern[i].text);
      check_bytes (eastern[i].charsets[j], test_encode (eastern[i].text, eastern[i].charsets[j]),
                   eastern[i].text);
    }
  }
  for (gsize i = 0; i < G_N_ELEMENTS (western); i++) {
    check_bytes (NULL, test_encode (western[i], "CP1252"), western[i]);
    for (gsize j = 0; j < G_N_ELEMENTS (said); j++)
      check_bytes (said[j], test_encode (western[i], "CP1252"), western[i]);
  }
  /* What says that it is of the West is, also where its letters would tell of another language. */
  check_bytes ("iso-8859-1", TEST_BYTES ("Ksi\xb9\xbfka ju\xbf czeka w ksi\xeagarni"),
               "Ksi¹¿ka ju¿ czeka w ksiêgarni");
}

static void
test_others (void)
{
  check_bytes ("iso-2022-jp", test_encode ("こんにちは hello", "ISO-2022-JP"), "こんにちは hello");
  check_bytes (NULL, test_encode ("こんにちは", "ISO-2022-JP"), "こんにちは");
  check_bytes ("shift_jis", test_encode ("表示ソ①", "CP932"), "表示ソ①");
  check_bytes ("euc-jp", test_encode ("日本語", "EUC-JP"), "日本語");
  check_bytes ("gb2312", test_encode ("镕基 你好", "GBK"), "镕基 你好");
  check_bytes ("big5", test_encode ("你好", "BIG5"), "你好");
  check_bytes ("koi8-r", test_encode ("Привет, мир", "KOI8-R"), "Привет, мир");
  check_bytes ("windows-1251", test_encode ("Привет", "CP1251"), "Привет");
  check_bytes ("iso-8859-1", test_encode ("It’s “fine” – café €", "CP1252"),
               "It’s “fine” – café €");
  check_bytes (NULL, test_encode ("It’s fine", "CP1252"), "It’s fine");
  check_bytes (NULL, test_encode ("café élevé", "CP1252"), "café élevé");
  check_bytes (NULL, test_encode ("Größe über Straße", "CP1252"), "Größe über Straße");
  check_bytes ("iso-8859-15", test_encode ("œuvre à 5 €", "ISO-8859-15"), "œuvre à 5 €");
  check_bytes ("iso-8859-8-i", test_encode ("שלום", "ISO-8859-8"), "שלום");
  check_bytes ("tis-620", test_encode ("สวัสดี", "TIS-620"), "สวัสดี");
  check_bytes ("utf-7", test_encode ("안녕 hello", "UTF-7"), "안녕 hello");
  check_bytes ("utf-16le", test_encode ("안녕 hello", "UTF-16LE"), "안녕 hello");
  check_bytes ("utf-8", TEST_BYTES ("\xef\xbb\xbfhello"), "hello");
  check_bytes ("utf-16", TEST_BYTES ("plain text that is no utf-16"),
               "plain text that is no utf-16");
  check_bytes ("utf-8", TEST_BYTES ("a\0b"),
               "a\xef\xbf\xbd"
               "b");
  check_bytes ("koi8-r//TRANSLIT,../../x", test_encode ("Привет", "KOI8-R"), "Привет");
}

/* Whatever the bytes and the claim are, out comes valid UTF-8 without a NUL. */
static void
test_any_bytes (void)
{
  static const char *const names[] = { NULL,          "utf-8",  "euc-kr",     "iso-2022-kr",
                                       "iso-2022-jp", "utf-16", "utf-7",      "hz-gb-2312",
                                       "gb2312",      "big5",   "iso-8859-1", "windows-1253",
                                       "\xff\xfe",    "utf-32", "ucs-2" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (int round = 0; round < 80; round++) {
    char bytes[64];

    for (gsize i = 0; i < sizeof bytes; i++)
      bytes[i] = (char)g_rand_int_range (rand, 0, 256);
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
      for (gsize length = 0; length <= sizeof bytes; length += 1 + (gsize)(round % 7)) {
        g_autofree char *text = mime_charset_to_utf8 (names[i], bytes, length);

        g_assert_true (g_utf8_validate (text, -1, NULL));
      }
    }
  }
}

static void
check_words (const char *raw, const char *expected)
{
  g_autofree char *text = mime_words_decode (raw);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_words (void)
{
  check_words ("plain", "plain");
  check_words ("", "");
  check_words ("=?utf-8?B?7JWI64WV?=", "안녕");
  check_words ("=?utf-8?b?7JWI64WV?= =?UTF-8?B?7ZWY?=", "안녕하");
  check_words ("=?utf-8?B?7JWI64WV?= and =?utf-8?Q?=ED=95=98?=!", "안녕 and 하!");
  /* one character in two words */
  check_words ("=?utf-8?B?7JU=?=\t =?utf-8?B?iOuFlQ==?=", "안녕");
  check_words ("=?utf-8?Q?=EC=95?= =?utf-8?Q?=88?=", "안");
  check_words ("=?ks_c_5601-1987?B?jGO55rCix88=?=", "똠방각하");
  /* without padding, with a language, with spaces and underscores, unfinished, empty */
  check_words ("=?utf-8?B?7JWI64WVaA?=", "안녕h");
  check_words ("=?utf-8*ko?B?7JWI64WV?=", "안녕");
  check_words ("=?iso-8859-1?Q?a_b c?=", "a b c");
  check_words ("=?utf-8?B?7JWI", "=?utf-8?B?7JWI");
  check_words ("=?utf-8?X?abc?=", "=?utf-8?X?abc?=");
  check_words ("=?utf-8?Q?"
               "?=",
               "");
  check_words ("=?"
               "?Q?a?=",
               "=?"
               "?Q?a?=");
  check_words ("a=?utf-8?Q?b?=c", "abc");
  check_words ("=?=?=?", "=?=?=?");
  /* each word padded, and words that become UTF-8 beside words that are */
  check_words ("=?utf-8?B?7JWI64WVaA==?= =?utf-8?B?7ZWY?=", "안녕h하");
  check_words ("=?euc-kr?B?vsiz5w==?= =?utf-8?B?7ZWY?= =?euc-kr?Q?=BE=C8?=", "안녕하안");
  check_words ("=?iso-2022-jp?B?GyRCJDMbKEI=?= =?iso-2022-jp?B?GyRCJHMbKEI=?=", "こん");
}

static void
test_raw_header (void)
{
  g_autoptr (GBytes) raw = test_encode (
      "Subject: 똠방각하 회의록\r\n 둘째 줄\r\nFrom: 홍길동 <h@example.org>\r\n", "CP949");
  gsize length;
  const char *data = g_bytes_get_data (raw, &length);
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (MimeMessage) message = mime_message_new (bytes);
  g_autofree char *text = mime_message_get_header (message, "subject"),
                  *other = mime_message_get_header (message, "Subjec");

  g_assert_cmpstr (text, ==, "똠방각하 회의록 둘째 줄");
  g_assert_null (other);
}

static void
check_param (const char *value, const char *name, const char *expected)
{
  g_autofree char *text = mime_raw_dup_param (value, name);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_params (void)
{
  check_param ("text/plain; charset=utf-8", "charset", "utf-8");
  check_param ("text/plain;charset = \"utf-8\" ; x=y", "charset", "utf-8");
  check_param ("text/plain", "charset", NULL);
  check_param ("a/b; name=\"a;b\\\"c.txt\"; x", "name", "a;b\"c.txt");
  check_param ("a/b; name=my file.pdf; x=1", "name", "my file.pdf");
  check_param ("a/b; filename*=utf-8'ko'%EC%95%88.txt; filename=x.txt", "filename", "안.txt");
  check_param ("a/b; filename*1=\"b.txt\"; filename*0=\"a\"", "filename", "ab.txt");
  check_param ("a/b; filename*0*=euc-kr''%BE%C8; filename*1*=%B3%E7; filename*2=.txt", "filename",
               "안녕.txt");
  check_param ("a/b; filename*0*=utf-8''%EC%95; filename*1*=%88.txt", "filename", "안.txt");
  check_param ("a/b; name=\"=?euc-kr?B?vsiz5w==?=.hwp\"", "name", "안녕.hwp");
  check_param ("a/b; name==?euc-kr?B?vsiz5w==?=", "name", "안녕");
  check_param ("a/b; name=\"unfinished", "name", "unfinished");
  check_param ("a/b; xname=1; name2=2", "name", NULL);
  check_param (";;;=;==", "name", NULL);
  /* a piece number that is none: its text is still a better name than none */
  check_param ("a/b; filename*99999999999=x", "filename", "x");
  check_param ("a/b; filename=x.txt; filename*=utf-8'ko'%EC%95%88.txt", "filename", "안.txt");
  check_param ("a/b; filename*=ks_c_5601-1987''%8Cc.hwp", "filename", "똠.hwp");
  check_param ("a/b; filename*0*=euc-kr''%8C; filename*1*=c.hwp", "filename", "똠.hwp");
}

static void
check_decode (GMimeContentEncoding encoding, const char *in, const char *expected)
{
  g_autoptr (GBytes) out = mime_decode (encoding, in, strlen (in));

  g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), expected,
                   strlen (expected));
}

static void
test_decode (void)
{
  check_decode (GMIME_CONTENT_ENCODING_BASE64, "aGVsbG8=", "hello");
  check_decode (GMIME_CONTENT_ENCODING_BASE64, "aGVsbG8=\r\nd29ybGQ=\r\n", "helloworld");
  check_decode (GMIME_CONTENT_ENCODING_BASE64, "YQ==Yg==Yw==", "abc");
  check_decode (GMIME_CONTENT_ENCODING_BASE64, "aGVsbG8", "hello");
  check_decode (GMIME_CONTENT_ENCODING_BASE64, "aG Vs\r\nbG!8=", "hello");
  check_decode (GMIME_CONTENT_ENCODING_BASE64, "====", "");
  check_decode (GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, "a=3Db=\r\nc \r\nd=", "a=bc \r\nd");
  /* White space behind a soft line break was put there on the way. */
  check_decode (GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, "a= \t\r\nb=3D=\t\nc= x=  ", "ab=c= x");
  check_decode (GMIME_CONTENT_ENCODING_UUENCODE, "begin 644 a\n%:&5L;&\\`\n`\nend\n", "hello");
  check_decode (GMIME_CONTENT_ENCODING_8BIT, "a=3D", "a=3D");
  g_assert_cmpuint (mime_decoded_size (GMIME_CONTENT_ENCODING_BASE64, "aGVsbG8=\r\n", 10), ==, 5);
  g_assert_cmpuint (mime_decoded_size (GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, "a=3Db=\r\nc", 9),
                    ==, 4);
}

static void
test_values (void)
{
  static const struct
  {
    const char *value;
    gint64 time;
  } dates[] = { { "Wed, 01 Jul 2026 09:44:25 +0900", 1782866665 },
                { "1 Jul 2026 00:44:25 GMT", 1782866665 },
                { "Wed, 1 Jul 2026 09:44:25 +0900 (KST)", 1782866665 },
                { "", 0 },
                { "yesterday", 0 } };
  g_autofree char *ids = mime_value_dup_ids ("junk <a@b> (c) <d@e><f@g> < x > <", 10);
  g_autofree char *first = mime_value_dup_ids ("<a@b> <c@d>", 1);

  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++)
    g_assert_cmpint (mime_value_to_date (dates[i].value), ==, dates[i].time);
  g_assert_cmpstr (ids, ==, "<a@b> <d@e> <f@g>");
  g_assert_cmpstr (first, ==, "<a@b>");
  g_assert_null (mime_value_dup_ids ("none", 10));
}

void
test_charset_add (void)
{
  g_test_add_func ("/mime/charset/korean", test_korean);
  g_test_add_func ("/mime/charset/unlabelled", test_unlabelled);
  g_test_add_func ("/mime/charset/others", test_others);
  g_test_add_func ("/mime/charset/any-bytes", test_any_bytes);
  g_test_add_func ("/mime/header/words", test_words);
  g_test_add_func ("/mime/header/raw", test_raw_header);
  g_test_add_func ("/mime/header/params", test_params);
  g_test_add_func ("/mime/header/values", test_values);
  g_test_add_func ("/mime/decode", test_decode);
}
