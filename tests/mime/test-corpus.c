/* A corpus of the charsets that mail comes in: each text rightly labelled, wrongly, and not at all; in bodies, raw headers and encoded-words.
 *
 * What cannot be decided is said here, by sample: there the outcome is only to be text.  --verbose tells how many were tried. */
#include "test-mime.h"

#include <string.h>

#include "mime-charset-private.h"
#include "mime-header-private.h"

/* What cannot be told of a sample. */
enum
{
  UNNAMED = 1 << 0,  /* without a label its bytes are as good in another charset */
  SHORT = 1 << 1,    /* of its subject line alone this is so */
  STATEFUL = 1 << 2, /* each encoded-word begins anew, so none can begin within a character */
};

typedef struct
{
  const char *name, *charset, *labels, *text, *subject;
  guint cannot;
} Sample;

static const Sample samples[] = {
  { "Korean", "CP949",
    "euc-kr ks_c_5601-1987 KS_C_5601-1987 ksc5601 cp949 windows-949 uhc x-windows-949 korean",
    "안녕하세요, 김민수입니다.\n금요일 회의 자료를 보내 드립니다. 느티나무방에서 뵙겠습니다.\n",
    "회의 자료 보냅니다", 0 },
  { "Korean of CP949", "CP949", "euc-kr ks_c_5601-1987 cp949 EUC-KR",
    "똠방각하와 펲시콜라를 찦차에 싣고 갔더니 아햏햏하더라.\n다음 주에 다시 이야기합시다.\n",
    "똠방각하 펲시콜라", 0 },
  { "Korean with hanja", "CP949", "euc-kr cp949",
    "大韓民國의 首都는 서울이며, 인구는 약 940만 명입니다.\n자세한 내용은 첨부한 문서를 보세요.\n",
    "大韓民國 서울 안내", SHORT },
  { "Korean, seven bits", "ISO-2022-KR", "iso-2022-kr ISO-2022-KR csISO2022KR",
    "안녕하세요, 지난번에 말씀드린 hello 문서입니다.\n둘째 줄도 있습니다.\n", "옛날 편지",
    STATEFUL },
  { "Japanese", "CP932", "shift_jis Shift-JIS sjis x-sjis windows-31j ms_kanji cp932",
    "お世話になっております。田中です。\n表示の件、ソースコードを添付しました。①と②をご確認ください。\n",
    "会議の資料について", SHORT },
  { "Japanese of Unix", "EUC-JP-MS", "euc-jp x-euc-jp EUC-JP",
    "お世話になっております。田中です。\n来週の会議は金曜日の午後三時からです。よろしくお願いします。\n",
    "会議の資料について", SHORT },
  { "Japanese, seven bits", "ISO-2022-JP", "iso-2022-jp ISO-2022-JP iso-2022-jp-2",
    "お世話になっております。田中です。\n来週の hello 会議は金曜日です。\n", "会議の資料",
    STATEFUL },
  { "Chinese", "GB18030", "gb2312 GBK gb18030 x-gbk cp936 euc-cn gb_2312-80",
    "您好，我是王小明。\n附件是星期五会议的资料，请您查收。朱镕基先生也会参加。\n",
    "星期五会议资料", SHORT },
  { "Chinese, a letter", "GB18030", "gb2312 gbk",
    "我们公司下个月搬家，新的地址在上海市中山路。\n谢谢大家的帮助，请保存新的电话号码。\n",
    "公司搬家的通知", SHORT },
  { "Chinese, a bill", "GB18030", "gb2312 gbk",
    "尊敬的客户：您的账单已经生成，请在本月底之前付款。\n如有疑问，请联系客服。\n", "您的账单",
    SHORT },
  { "Chinese of the islands", "BIG5-HKSCS", "big5 Big5-HKSCS",
    "您好，我是陳小明。\n附件是星期五會議的資料，請您查收。謝謝！功蓋天下。\n", "星期五會議資料",
    SHORT },
  { "Cantonese", "BIG5-HKSCS", "big5-hkscs big5",
    "你哋喺邊度呀？我嘅朋友話佢哋唔嚟喇。\n聽日見。\n", "聽日喺邊度", SHORT },
  { "German", "CP1252", "iso-8859-1 windows-1252 latin1 ISO-8859-1",
    "Schöne Grüße aus Köln! Die Größe der Straße überrascht mich.\n", "Grüße aus Köln", 0 },
  { "French with money", "ISO-8859-15", "iso-8859-15 ISO_8859-15",
    "Le cœur de l'œuvre coûte 5 € à Noël, très élégant.\n", "Un cœur à 5 €", UNNAMED | SHORT },
  { "English of Windows", "CP1252", "windows-1252 iso-8859-1 cp1252",
    "It’s “fine” – really… the café costs 5 €.\n", "It’s “fine”", 0 },
  { "Polish", "ISO-8859-2", "iso-8859-2 latin2",
    "Zażółć gęślą jaźń. Spotkanie odbędzie się w piątek o godzinie trzeciej, proszę potwierdzić.\n",
    "Spotkanie w piątek: proszę", UNNAMED | SHORT },
  { "Czech of Windows", "CP1250", "windows-1250 cp1250",
    "Příliš žluťoučký kůň úpěl ďábelské ódy. Schůzka bude v pátek.\n", "Schůzka bude v pátek",
    UNNAMED | SHORT },
  { "Turkish", "CP1254", "iso-8859-9 windows-1254",
    "Toplantı cuma günü saat üçte yapılacak, lütfen şirketin adresine geliniz. Teşekkürler.\n",
    "Toplantı cuma günü", UNNAMED | SHORT },
  { "Russian of Unix", "KOI8-R", "koi8-r KOI8-R cskoi8r",
    "Добрый день! Посылаю вам материалы к встрече в пятницу. С уважением, Иван.\n",
    "Материалы к встрече", SHORT },
  { "Ukrainian of Unix", "KOI8-U", "koi8-u KOI8-U",
    "Добрий день! Надсилаю вам матеріали до зустрічі у п'ятницю. Її ґанок.\n",
    "Матеріали до зустрічі", UNNAMED | SHORT },
  { "Russian of Windows", "CP1251", "windows-1251 cp1251 Windows-1251",
    "Добрый день! Посылаю вам материалы к встрече в пятницу. С уважением, Иван.\n",
    "Материалы к встрече", SHORT },
  { "Russian of ISO", "ISO-8859-5", "iso-8859-5",
    "Добрый день! Посылаю вам материалы к встрече в пятницу. С уважением, Иван.\n",
    "Материалы к встрече", SHORT },
  { "Greek", "CP1253", "windows-1253 cp1253",
    "Καλημέρα σας! Σας στέλνω το υλικό για τη συνάντηση της Παρασκευής.\n",
    "Υλικό για τη συνάντηση", 0 },
  { "Greek of ISO", "ISO-8859-7", "iso-8859-7 greek",
    "Καλημέρα σας! Σας στέλνω το υλικό για τη συνάντηση της Παρασκευής.\n",
    "Υλικό για τη συνάντηση", 0 },
  { "Hebrew", "CP1255", "windows-1255",
    "שלום רב, אני שולח לכם את החומר לפגישה ביום שישי. תודה רבה.\n", "החומר לפגישה", 0 },
  { "Hebrew of ISO", "ISO-8859-8", "iso-8859-8 iso-8859-8-i iso-8859-8-e",
    "שלום רב, אני שולח לכם את החומר לפגישה ביום שישי. תודה רבה.\n", "החומר לפגישה", 0 },
  { "Arabic", "CP1256", "windows-1256 cp1256",
    "السلام عليكم، أرسل لكم مواد الاجتماع يوم الجمعة. شكرا جزيلا.\n", "مواد الاجتماع", SHORT },
  { "Arabic of ISO", "ISO-8859-6", "iso-8859-6 arabic",
    "السلام عليكم، أرسل لكم مواد الاجتماع يوم الجمعة. شكرا جزيلا.\n", "مواد الاجتماع",
    UNNAMED | SHORT },
  { "Thai", "CP874", "tis-620 windows-874 iso-8859-11", "สวัสดีครับ ผมส่งเอกสารการประชุมวันศุกร์มาให้ครับ\n",
    "เอกสารการประชุม", UNNAMED | SHORT },
  { "Vietnamese", "CP1258", "windows-1258", "Xin chào các bạn, tôi là Minh.\n", "Xin chào các bạn",
    UNNAMED | SHORT },
  { "Seven bits", "UTF-7", "utf-7 unicode-1-1-utf-7", "안녕 hello, Grüße.\n", "안녕 Grüße",
    UNNAMED | SHORT | STATEFUL },
};

static guint decided, undecided;

static void
expect (const Sample *sample, const char *how, const char *got, const char *expected, gboolean can)
{
  g_assert_nonnull (got);
  g_assert_true (g_utf8_validate (got, -1, NULL));
  if (can && strcmp (got, expected) != 0)
    g_error ("%s (%s), %s: “%s” instead of “%s”", sample->name, sample->charset, how, got,
             expected);
  if (can)
    decided++;
  else
    undecided++;
}

/* With the label of a header field of the message. */
static char *
message_header (const char *label, GBytes *subject)
{
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  g_autofree char *type = label != NULL
                              ? g_strdup_printf ("Content-Type: text/plain; charset=%s\r\n", label)
                              : g_strdup ("");

  g_byte_array_append (raw, (const guint8 *)type, (guint)strlen (type));
  g_byte_array_append (raw, (const guint8 *)"Subject: ", 9);
  g_byte_array_append (raw, g_bytes_get_data (subject, NULL), (guint)g_bytes_get_size (subject));
  g_byte_array_append (raw, (const guint8 *)"\r\n\r\nx\r\n", 7);
  g_autoptr (GBytes) bytes = g_bytes_new (raw->data, raw->len);
  g_autoptr (MimeMessage) message = mime_message_new (bytes);
  return mime_message_get_header (message, "Subject");
}

static char *
read_body (const char *label, GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return mime_charset_to_utf8 (label, data, length);
}

/* Encoded-words of `step` octets each, whatever character they end in. */
static char *
encode_words (const char *label, GBytes *bytes, gsize step, gboolean base64)
{
  GString *out = g_string_new (NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize at = 0; at < length; at += step) {
    gsize part = MIN (step, length - at);

    g_string_append_printf (out, "%s=?%s?%c?", at > 0 ? " " : "", label, base64 ? 'B' : 'Q');
    if (base64) {
      g_autofree char *payload = g_base64_encode (data + at, part);
      g_string_append (out, payload);
    } else {
      for (gsize i = 0; i < part; i++)
        g_string_append_printf (out, "=%02X", data[at + i]);
    }
    g_string_append (out, "?=");
  }
  return g_string_free (out, FALSE);
}

static void
test_right_label (void)
{
  decided = undecided = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    const Sample *sample = &samples[i];
    g_autoptr (GBytes) text = test_encode (sample->text, sample->charset);
    g_autoptr (GBytes) subject = test_encode (sample->subject, sample->charset);
    g_auto (GStrv) labels = g_strsplit (sample->labels, " ", -1);

    for (guint n = 0; labels[n] != NULL; n++) {
      g_autofree char *body = read_body (labels[n], text), *line = read_body (labels[n], subject);
      g_autofree char *header = message_header (labels[n], subject);

      expect (sample, labels[n], body, sample->text, TRUE);
      expect (sample, labels[n], line, sample->subject, TRUE);
      expect (sample, "a raw header", header, sample->subject, TRUE);
      for (gsize step = sample->cannot & STATEFUL ? 1000 : 1; step < 1002;
           step += step < 8 ? 1 : 993) {
        for (guint base64 = 0; base64 < 2; base64++) {
          g_autofree char *words = encode_words (labels[n], subject, step, base64);
          g_autofree char *decoded = mime_words_decode (words);

          expect (sample, words, decoded, sample->subject, TRUE);
        }
      }
    }
  }
  g_test_message ("%u rightly labelled", decided);
}

static void
test_no_label (void)
{
  static const char *const labels[] = {
    NULL,    "",     "us-ascii",     "unknown-8bit", "x-unknown",
    "utf-8", "8bit", "no-such-name", "iso-8859-1",   "windows-1252"
  };

  decided = undecided = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    const Sample *sample = &samples[i];
    g_autoptr (GBytes) text = test_encode (sample->text, sample->charset);
    g_autoptr (GBytes) subject = test_encode (sample->subject, sample->charset);

    for (guint n = 0; n < G_N_ELEMENTS (labels); n++) {
      g_autofree char *body = read_body (labels[n], text), *line = read_body (labels[n], subject);

      expect (sample, labels[n] != NULL ? labels[n] : "no label", body, sample->text,
              !(sample->cannot & UNNAMED));
      expect (sample, "its subject", line, sample->subject, !(sample->cannot & SHORT));
    }
    g_autofree char *header = message_header (NULL, subject);
    expect (sample, "a raw header", header, sample->subject, !(sample->cannot & SHORT));
  }
  g_test_message ("%u without a label or with a wrong one, %u undecidable", decided, undecided);
}

/* UTF-8 is what it is, whatever is said of it. */
static void
test_utf8 (void)
{
  decided = undecided = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    const Sample *sample = &samples[i];

    for (gsize n = 0; n < G_N_ELEMENTS (samples); n++) {
      g_auto (GStrv) labels = g_strsplit (samples[n].labels, " ", 2);
      g_autoptr (GBytes) text = g_bytes_new_static (sample->text, strlen (sample->text));
      g_autofree char *body = read_body (labels[0], text);

      expect (sample, labels[0], body, sample->text, TRUE);
    }
  }
  g_test_message ("%u in UTF-8 that are labelled otherwise", decided);
}

static void
check (const char *label, const char *bytes, gsize length, const char *expected)
{
  g_autofree char *text = mime_charset_to_utf8 (label, bytes, length);

  g_assert_cmpstr (text, ==, expected);
}
#define CHECK(label, bytes, expected) check (label, bytes, sizeof bytes - 1, expected)

/* Seven bits with letters of which the standard knows nothing, and text of two charsets. */
static void
test_mixed (void)
{
  /* What Windows adds: ① and ㈱, half-width katakana; with the old designator, and with kanji of JIS X 0212 */
  CHECK ("iso-2022-jp", "\x1b$B-!8e-j\x1b(B end", "①後㈱ end");
  CHECK ("ISO-2022-JP", "\x1b(I1231\x1b(J a", "ｱｲｳｱ a");
  CHECK ("cp50221", "\x1b$@F|K\\-!\x1b(B\n\x1b$BF|\x1b(B", "日本①\n日");
  CHECK (NULL, "\x1b$B-!8e\x1b(B", "①後");
  CHECK ("iso-2022-jp", "\x1b$BF|", "日");
  /* Letters of other countries within Japanese */
  CHECK ("iso-2022-jp", "\x1b$BF|\x1b$(C0!\x1b(B", "日가");
  CHECK ("hz-gb-2312", "Hi ~{<:Ky2;~} ~~ ~\nend", "Hi 己所不 ~ end");
  CHECK ("csISO2022KR", "\x1b$)C\x0e>H3g\x0f hello", "안녕 hello");
  /* One line is of another time */
  CHECK ("utf-8", "안녕하세요, 반갑습니다. 저는 김민수입니다.\n\xb1\xe8\xb9\xce\xbc\xf6\n끝\n",
         "안녕하세요, 반갑습니다. 저는 김민수입니다.\n김민수\n끝\n");
  CHECK (NULL, "안녕하세요, 반갑습니다. 저는 김민수입니다.\n\x8c\x63\xb9\xe6\xb0\xa2\xc7\xcf\n",
         "안녕하세요, 반갑습니다. 저는 김민수입니다.\n똠방각하\n");
  CHECK ("euc-kr", "안녕하세요, 반갑습니다. 저는 김민수입니다.\n\xb1\xe8\xb9\xce\xbc\xf6\n",
         "안녕하세요, 반갑습니다. 저는 김민수입니다.\n김민수\n");
  /* Cut within a character */
  CHECK ("utf-8", "안녕하세요 반\xea\xb0", "안녕하세요 반\xef\xbf\xbd\xef\xbf\xbd");
  /* UTF-8 with a mark, and 16 bits with and without one */
  CHECK ("us-ascii", "\xef\xbb\xbf가", "가");
  CHECK ("utf-16", "\xff\xfe\x00\xac", "가");
  CHECK ("utf-16be", "\xac\x00\x00 \x00x", "가 x");
}

void
test_corpus_add (void)
{
  g_test_add_func ("/mime/corpus/right-label", test_right_label);
  g_test_add_func ("/mime/corpus/no-label", test_no_label);
  g_test_add_func ("/mime/corpus/utf8", test_utf8);
  g_test_add_func ("/mime/corpus/mixed", test_mixed);
}
