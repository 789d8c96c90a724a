/* What is written in office documents: each kind as the programs that write it do, and such as were made to break what reads them. */
#include "test-unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

#include "unpack-office.h"

#define SECONDS 120 /* a machine that does other things */

/* ---- documents ---- */

typedef struct
{
  const char *name;
  const char *content;
} File;

static void
add_file (struct archive *archive, const char *name, const char *content, gsize length)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (la_int64_t)length);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (archive, content, length), ==, (la_ssize_t)length);
  archive_entry_free (entry);
}

/* With `spare` empty files in front. */
static GBytes *
make_zip (const File *files, gsize n, guint spare, gboolean packed)
{
  struct archive *archive = archive_write_new ();
  gsize room = 1 << 20, used = 0;
  char *buffer;

  for (gsize i = 0; i < n; i++)
    room += strlen (files[i].content);
  room += (gsize)spare * 300;
  buffer = g_malloc (room);
  g_assert_cmpint (archive_write_set_format_zip (archive), ==, ARCHIVE_OK);
  g_assert_cmpint (packed ? archive_write_zip_set_compression_deflate (archive)
                          : archive_write_zip_set_compression_store (archive),
                   ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_open_memory (archive, buffer, room, &used), ==, ARCHIVE_OK);
  for (guint i = 0; i < spare; i++) {
    g_autofree char *name = g_strdup_printf ("spare/%u", i);

    add_file (archive, name, "", 0);
  }
  for (gsize i = 0; i < n; i++)
    add_file (archive, files[i].name, files[i].content, strlen (files[i].content));
  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
  return g_bytes_new_take (buffer, used);
}

#define XML   "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define WORD  XML "<w:document xmlns:w=\"w\"><w:body>"
#define SHEET XML "<worksheet xmlns=\"x\"><sheetData>"
#define SLIDE XML "<p:sld xmlns:p=\"p\" xmlns:a=\"a\">"
#define OPEN                                                                                       \
  XML "<office:document-content xmlns:office=\"o\" xmlns:text=\"t\" xmlns:dc=\"d\">"               \
      "<office:body><office:text>"

static const File word[] = {
  { "[Content_Types].xml", XML "<Types/>" },
  { "word/document.xml", WORD
    "<w:p><w:r><w:t>The har</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">bour is </w:t></w:r>"
    "<w:ins><w:r><w:t>full</w:t></w:r></w:ins><w:del><w:r><w:delText>empty</w:delText></w:r></w:del></w:p>"
    "<w:p><w:r><w:t>계약서 &amp; 부록</w:t><w:tab/><w:t>셋</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    "</w:body></w:document>" },
  { "word/header1.xml",
    "\xef\xbb\xbf" XML "<w:hdr xmlns:w=\"w\"><w:p><w:r><w:t>Letterhead</w:t></w:r></w:p></w:hdr>" },
  { "word/styles.xml", XML "<w:styles xmlns:w=\"w\"><w:t>Stylish</w:t></w:styles>" },
};
static const File sheet[] = {
  { "xl/workbook.xml",
    XML "<workbook><sheets><sheet name=\"Fleet\" sheetId=\"1\"/></sheets></workbook>" },
  { "xl/worksheets/sheet1.xml",
    SHEET "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>4242</v></c><c r=\"B1\"><v>31415</v></c>"
          "<c r=\"C1\" t=\"inlineStr\"><is><t>inline</t></is></c></row></sheetData></worksheet>" },
  { "xl/sharedStrings.xml",
    XML "<sst><si><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh></si>"
        "<si><r><t>two</t></r><r><t xml:space=\"preserve\"> runs</t></r></si></sst>" },
};
static const File slides[] = {
  { "ppt/slides/slide1.xml",
    SLIDE "<a:p><a:r><a:t>First</a:t></a:r><a:br/><a:r><a:t>slide</a:t></a:r></a:p></p:sld>" },
  { "ppt/notesSlides/notesSlide1.xml", SLIDE "<a:p><a:r><a:t>Say this</a:t></a:r></a:p></p:sld>" },
};
static const File open_text[] = {
  { "mimetype", "application/vnd.oasis.opendocument.text" },
  { "content.xml", OPEN
    "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
    "<text:h>Head<text:span>line</text:span></text:h>outside"
    "<text:p>one<text:s text:c=\"2\"/>two<text:tab/>three<text:line-break/>four"
    "<office:annotation><dc:creator>Somebody</dc:creator><text:p>remark</text:p></office:annotation></text:p>"
    "</office:text></office:body></office:document-content>" },
};
static const File hangul[] = {
  { "Contents/section0.xml",
    XML "<hs:sec xmlns:hs=\"s\" xmlns:hp=\"p\"><hp:p><hp:run><hp:t>회의록</hp:t></hp:run></hp:p>"
        "<hp:p><hp:run><hp:t>둘째</hp:t></hp:run></hp:p></hs:sec>" },
};

static char *
read_text (GBytes *bytes, guint most, UnpackStatus *status)
{
  g_autoptr (GVariant) value = unpack_office_text (bytes, most, status);

  if (value == NULL)
    return NULL;
  g_variant_ref_sink (value);
  return g_variant_dup_string (value, NULL);
}

/* ---- what is read ---- */

static void
test_kinds (void)
{
  static const struct
  {
    const File *files;
    gsize n;
    const char *text;
  } kinds[] = {
    { word, G_N_ELEMENTS (word), "The harbour is full\n계약서 & 부록\t셋\nLetterhead\n" },
    { sheet, G_N_ELEMENTS (sheet), "Fleet\n東京\ntwo runs\n31415\tinline\t\n" },
    { slides, G_N_ELEMENTS (slides), "First\nslide\nSay this\n" },
    { open_text, G_N_ELEMENTS (open_text), "Headline\none two\tthree\nfourremark\n" },
    { hangul, G_N_ELEMENTS (hangul), "회의록\n둘째\n" },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GBytes) bytes = make_zip (kinds[i / 2].files, kinds[i / 2].n, 0, i % 2 == 0);
    UnpackStatus status;
    g_autofree char *text = read_text (bytes, 1000, &status);

    g_assert_cmpint (status, ==, UNPACK_DONE);
    g_assert_cmpstr (text, ==, kinds[i / 2].text);
  }
}

/* As much as is wanted, cut between two characters; and nothing of what is none. */
static void
test_part (void)
{
  static const File other[] = { { "readme.txt", "Hello" } };
  g_autoptr (GBytes) bytes = make_zip (hangul, G_N_ELEMENTS (hangul), 0, TRUE);
  g_autoptr (GBytes) no_document = make_zip (other, 1, 0, TRUE);
  g_autoptr (GBytes) no_zip = g_bytes_new_static ("Hello", 5), no_bytes = g_bytes_new (NULL, 0);
  UnpackStatus status;
  g_autofree char *text = read_text (bytes, 7, &status);

  g_assert_cmpint (status, ==, UNPACK_DONE);
  g_assert_cmpstr (text, ==, "회의");
  g_assert_null (read_text (no_document, 1000, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
  g_assert_null (read_text (no_zip, 1000, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
  g_assert_null (read_text (no_bytes, 1000, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
}

/* The walls of the program let it do what it needs. */
static void
test_program (void)
{
  const char *const arguments[] = { "text", "1000", NULL };
  g_autoptr (GBytes) bytes = make_zip (word, G_N_ELEMENTS (word), 0, TRUE);
  g_autoptr (GVariant) reply = test_run_program (arguments, bytes, NULL), value = NULL;
  guint32 status = UNPACK_BROKEN;

  g_assert_nonnull (reply);
  g_variant_get (reply, UNPACK_REPLY, &status, &value);
  g_assert_cmpuint (status, ==, UNPACK_DONE);
  g_assert_nonnull (strstr (g_variant_get_string (value, NULL), "The harbour is full"));
}

/* ---- what was made to break it ---- */

/* What stands `filler` octets down, which cost nothing to send. */
static gboolean
is_found_behind (gsize filler, guint spare)
{
  g_autofree char *blanks = g_strnfill (filler, ' ');
  g_autofree char *xml = g_strconcat (WORD, blanks, "<w:p><w:r><w:t>needle</w:t></w:r></w:p>",
                                      "</w:body></w:document>", NULL);
  const File file = { "word/document.xml", xml };
  g_autoptr (GBytes) bytes = make_zip (&file, 1, spare, TRUE);
  UnpackStatus status;
  g_autofree char *text = read_text (bytes, 1000, &status);

  g_assert_cmpuint (g_bytes_get_size (bytes), <, 1 << 21);
  return text != NULL && strstr (text, "needle") != NULL;
}

static void
test_bomb (void)
{
  alarm (SECONDS);
  g_assert_true (is_found_behind (1 << 20, 0));
  g_assert_false (is_found_behind (65u << 20, 0));
  g_assert_true (is_found_behind (10, 1000));
  g_assert_false (is_found_behind (10, 6000));
  alarm (0);
}

/* One text without end, and an element in an element a million times. */
static void
test_endless (void)
{
  g_autofree char *long_text = g_strnfill (3u << 20, 'a');
  g_autoptr (GString) deep = g_string_new (WORD);
  UnpackStatus status;

  alarm (SECONDS);
  g_autofree char *xml = g_strconcat (WORD, "<w:p><w:t>", long_text, NULL);
  for (guint i = 0; i < 1000000; i++)
    g_string_append (deep, "<w:t>");
  const File files[] = { { "word/document.xml", xml }, { "word/document2.xml", deep->str } };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GBytes) bytes = make_zip (&files[i], 1, 0, TRUE);
    g_autofree char *text = read_text (bytes, 1000, &status);

    g_assert_cmpint (status, ==, UNPACK_DONE);
    g_assert_cmpuint (strlen (text), <=, 1000);
  }
  alarm (0);
}

/* Entities of its own that grow, or that fetch a file: none is. */
static void
test_entities (void)
{
  static const File files[] = {
    { "word/document.xml",
      "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"boom\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
      "<d><p><t>before</t></p><p><t>&a;&f;</t></p></d>" },
  };
  g_autoptr (GBytes) bytes = make_zip (files, 1, 0, TRUE);
  UnpackStatus status;
  g_autofree char *text = read_text (bytes, 1000, &status);

  g_assert_cmpstr (text, ==, "before\n");
}

static void
test_damaged (void)
{
  static const struct
  {
    const File *files;
    gsize n;
  } kinds[] = { { word, G_N_ELEMENTS (word) },
                { sheet, G_N_ELEMENTS (sheet) },
                { open_text, G_N_ELEMENTS (open_text) } };
  const char *const arguments[] = { "text", "1000", NULL };
  guint32 seed = 4242;

  alarm (SECONDS);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GBytes) good = make_zip (kinds[i / 2].files, kinds[i / 2].n, 0, i % 2 == 0);

    for (guint n = 0; n < 200; n++) {
      g_autoptr (GBytes) bad = test_damage (good, &seed);
      UnpackStatus status;
      g_autofree char *text = read_text (bad, 1000, &status);

      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
      if (n < 4) {
        g_autoptr (GVariant) reply = test_run_program (arguments, bad, NULL);

        g_assert_nonnull (reply); /* nothing of it ends the program */
      }
    }
  }
  alarm (0);
}

void
test_office_add (void)
{
  g_test_add_func ("/unpack/office/kinds", test_kinds);
  g_test_add_func ("/unpack/office/part", test_part);
  g_test_add_func ("/unpack/office/program", test_program);
  g_test_add_func ("/unpack/office/bomb", test_bomb);
  g_test_add_func ("/unpack/office/endless", test_endless);
  g_test_add_func ("/unpack/office/entities", test_entities);
  g_test_add_func ("/unpack/office/damaged", test_damaged);
}
