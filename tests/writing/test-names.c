/* Names of files: old and new programs show them.  What is built is read by Python's email package (strict.py). */
#include "test-writing.h"

#include <string.h>

#include "base-text.h"
#include "mime-build.h"

static GPtrArray *
list_names (void)
{
  static const char *const fixed[] = {
    "report.pdf",
    "보고서.hwp",
    "2026년 3분기 실적 보고서 (최종) 진짜최종_수정본 2.xlsx",
    "똠방각하 펲시콜라.txt",
    "👩‍👩‍👧‍👦 🇰🇷 👍🏽.png",
    "𠮷野家の領収書.pdf",
    "say \"hello\".txt",
    "it's 100% sure.txt",
    "a;b=c, d (e) <f> [g]@h.txt",
    "back\\slash.txt",
    "trailing dot.",
    "  spaces  within  .txt",
    "naïve café résumé.doc",
    "קובץ עברי.docx",
    "ملف عربي ١٢٣.pdf",
    "ไฟล์ไทย.txt",
    "हिन्दी फ़ाइल.txt",
    "UTF-8''%41.txt",
    "e\xcc\x81 decomposed.txt",
    "=?utf-8?.txt",
  };
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) korean = g_string_new (NULL);
  g_autoptr (GString) latin = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (names, g_strdup (fixed[i]));
  for (guint i = 0; i < 60; i++) {
    g_string_append (korean, "가");
    g_string_append_printf (latin, "%u-", i);
  }
  g_ptr_array_add (names, g_strconcat (korean->str, ".hwp", NULL));
  g_ptr_array_add (names, g_strconcat (latin->str, ".txt", NULL));
  return names;
}

static void
check_names (MimeNames style)
{
  g_autoptr (GPtrArray) names = list_names ();
  char *folder = make_folder ();
  g_autofree char *said = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < names->len; i++) {
    g_autoptr (MimeDraft) draft = mime_draft_new ();
    g_autoptr (GBytes) content = g_bytes_new_static ("x", 1), bytes = NULL;
    g_autofree char *path = g_strdup_printf ("%s/%u.eml", folder, i);
    g_autoptr (GError) error = NULL;

    draft->from_address = g_strdup ("hong@example.org");
    draft->names = style;
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    g_ptr_array_add (draft->attachments,
                     mime_attachment_new (names->pdata[i], "text/plain", content));
    bytes = mime_build (draft, &error);
    g_assert_no_error (error);
    g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                        (gssize)g_bytes_get_size (bytes), NULL));
  }
  said = ask_python ("names", folder);
  lines = g_strsplit (said, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, names->len + 1);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *safe = base_text_file_name (names->pdata[i], "attachment");
    g_autofree char *expected =
        g_strdup_printf ("%u\t%s\t%s", i, safe, style == MIME_NAMES_BOTH ? safe : "");

    g_assert_cmpstr (lines[i], ==, expected);
  }
  remove_folder (folder);
}

static void
test_both (void)
{
  check_names (MIME_NAMES_BOTH);
}

static void
test_standard (void)
{
  check_names (MIME_NAMES_STANDARD);
}

void
add_names_tests (void)
{
  g_test_add_func ("/writing/names/both", test_both);
  g_test_add_func ("/writing/names/standard", test_standard);
}
