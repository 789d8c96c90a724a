/* Templates in their files: what comes back is what was saved, and what cannot be one is refused. */
#include "test-base.h"

#include "base-error.h"
#include "base-template.h"

static BaseTemplate *
make (const char *name, const char *text)
{
  BaseTemplate *template = base_template_new ();

  g_free (template->name);
  g_free (template->text);
  template->name = g_strdup (name);
  template->text = g_strdup (text);
  return template;
}

static void
test_round (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (folder, NULL);
  g_autoptr (BaseTemplate) template = make ("감사 인사", "안녕하세요, {이름}님\n\n  \\ \"x\"\t끝 ");
  g_autoptr (GError) error = NULL;

  template->abbreviation = g_strdup ("ㄱㅅ");
  template->html = g_strdup ("<div>안녕하세요, <b>{이름}</b>님</div>\n<div><br></div>");
  g_assert_true (base_template_save (template, paths, &error));
  g_autofree char *strange = g_build_filename (base_paths_get_config (paths), "templates",
                                               "8b7ab6f2-6dd4-4ae2-9b1a-0c6f5ad2a0d1.ini", NULL);
  g_assert_true (g_file_set_contents (strange, "[Template]\nName=x\n", -1, NULL));
  g_autoptr (GPtrArray) all = base_template_load_all (paths);
  g_assert_cmpuint (all->len, ==, 1); /* the other one has no text */
  const BaseTemplate *loaded = all->pdata[0];
  g_assert_cmpstr (loaded->id, ==, template->id);
  g_assert_cmpstr (loaded->name, ==, template->name);
  g_assert_cmpstr (loaded->abbreviation, ==, "ㄱㅅ");
  g_assert_null (loaded->subject);
  g_assert_cmpstr (loaded->text, ==, template->text);
  g_assert_cmpstr (loaded->html, ==, template->html);

  g_assert_true (base_template_remove (template->id, paths, &error));
  g_assert_true (base_template_remove (template->id, paths, &error));
  g_autoptr (GPtrArray) none = base_template_load_all (paths);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (g_file_test (strange, G_FILE_TEST_EXISTS));
  test_remove_folder (folder);
}

/* What a person wrote into the file beside what the program knows stays, and what is not said any more goes. */
static void
test_keep (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (folder, NULL);
  g_autoptr (BaseTemplate) template = make ("Offer", "Dear {name}");
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;

  template->abbreviation = g_strdup (";of");
  template->html = g_strdup ("<div>Dear {name}</div>");
  g_assert_true (base_template_save (template, paths, &error));
  g_autofree char *name = g_strconcat (template->id, ".ini", NULL);
  g_autofree char *path = g_build_filename (base_paths_get_config (paths), "templates", name, NULL);
  g_assert_true (g_file_get_contents (path, &written, NULL, NULL));
  g_autofree char *with =
      g_strconcat ("# Ask Kim first.\n", written,
                   "Colour=blue\nName[ko]=견적\n# Of another program\n[Other]\nKey=1\n", NULL);
  g_assert_true (g_file_set_contents (path, with, -1, NULL));

  g_clear_pointer (&template->html, g_free);
  g_clear_pointer (&template->abbreviation, g_free);
  g_free (template->name);
  template->name = g_strdup ("Bid");
  g_assert_true (base_template_save (template, paths, &error));
  g_autofree char *after = NULL;
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  static const char *const kept[] = { "# Ask Kim first.\n", "Colour=blue\n",
                                      "Name[ko]=견적\n",    "# Of another program\n",
                                      "[Other]\nKey=1\n",   "Name=Bid\n" };
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    g_assert_nonnull (strstr (after, kept[i]));
  g_assert_null (strstr (after, "Html"));
  g_assert_null (strstr (after, "Abbreviation"));
  test_remove_folder (folder);
}

/* One that cannot be read is written anew, and what stood in it is not lost. */
static void
test_aside (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (folder, NULL);
  g_autoptr (BaseTemplate) template = make ("Offer", "Dear {name}");
  g_autoptr (GError) error = NULL;
  g_autofree char *was = NULL, *is = NULL;

  g_assert_true (base_template_save (template, paths, &error));
  g_autofree char *name = g_strconcat (template->id, ".ini", NULL);
  g_autofree char *path = g_build_filename (base_paths_get_config (paths), "templates", name, NULL);
  g_autofree char *aside = g_strconcat (path, ".unreadable", NULL);
  g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (path, "Dear all\nof you\n", -1, NULL));
  g_assert_true (base_template_save (template, paths, &error));
  g_assert_true (g_file_get_contents (aside, &was, NULL, NULL));
  g_assert_cmpstr (was, ==, "Dear all\nof you\n");
  g_assert_true (g_file_get_contents (path, &is, NULL, NULL));
  g_assert_nonnull (strstr (is, "Name=Offer\n"));
  test_remove_folder (folder);
}

static void
test_check (void)
{
  static const struct
  {
    const char *name, *abbreviation, *subject, *text;
  } wrong[] = {
    { "", NULL, NULL, "x" },
    { " \t", NULL, NULL, "x" },
    { "a\nb", NULL, NULL, "x" },
    { "a\xE2\x80\xA8"
      "b",
      NULL, NULL, "x" },
    { "a", NULL, NULL, " \n\xE3\x80\x80" },
    { "a", "", NULL, "x" },
    { "a", "two words", NULL, "x" },
    { "a", "wide\xE3\x80\x80space", NULL, "x" },
    { "a", "abcdefghijabcdefghijabcdefghijabcdefghijk", NULL, "x" },
    { "a", NULL, "one\r\nBcc: two@example.org", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (BaseTemplate) template = make (wrong[i].name, wrong[i].text);
    g_autoptr (GError) error = NULL;

    template->abbreviation = g_strdup (wrong[i].abbreviation);
    template->subject = g_strdup (wrong[i].subject);
    g_assert_false (base_template_check (template, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  }
  g_autoptr (BaseTemplate) right = make ("a", "x");
  right->abbreviation = g_strdup (";ㄱㅅ");
  right->subject = g_strdup ("");
  g_assert_true (base_template_check (right, NULL));
}

void
test_template_add (void)
{
  g_test_add_func ("/base/template/round", test_round);
  g_test_add_func ("/base/template/keep", test_keep);
  g_test_add_func ("/base/template/aside", test_aside);
  g_test_add_func ("/base/template/check", test_check);
}
