/* Templates: kept, found by what is typed for them, and filled in for a letter. */
#include "test-mail.h"

#include "base-error.h"
#include "mail-draft-private.h"
#include "mail-template.h"

#define N_KEPT(bench) g_list_model_get_n_items (mail_engine_get_templates ((bench)->engine))

static gboolean
save (Bench *bench, const BaseTemplate *template, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_save_template_async (bench->engine, template, on_result, &result);
  return mail_engine_save_template_finish (bench->engine, wait_result (&result), error);
}

static void
keep (Bench *bench, const char *name, const char *abbreviation, const char *subject,
      const char *text, const char *html)
{
  g_autoptr (GError) error = NULL;
  BaseTemplate template = { .id = g_uuid_string_random (),
                            .name = (char *)name,
                            .abbreviation = (char *)abbreviation,
                            .subject = (char *)subject,
                            .text = (char *)text,
                            .html = (char *)html };

  g_assert_true (save (bench, &template, &error));
  g_assert_no_error (error);
  g_free (template.id);
}

static gboolean
has_two (gpointer data)
{
  return N_KEPT ((Bench *)data) == 2;
}

static void
test_kept (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_cmpuint (N_KEPT (bench), ==, 0);
  keep (bench, "Thanks", ";Thx", NULL, "Thank you!", NULL);
  keep (bench, "Address", "ㅈㅅ", NULL, "서울", NULL);
  bench_restart (bench);
  g_assert_cmpuint (N_KEPT (bench), ==, 0);
  wait_until (has_two, bench);
  g_autoptr (MailTemplate) first =
      g_list_model_get_item (mail_engine_get_templates (bench->engine), 0);
  g_assert_cmpstr (mail_template_get_plain (first)->name, ==, "Address");
  MailTemplate *found = mail_engine_find_abbreviation (bench->engine, ";thx");
  g_assert_cmpstr (mail_template_get_plain (found)->text, ==, "Thank you!");
  g_assert_null (mail_engine_find_abbreviation (bench->engine, ";th"));

  /* One word means one thing; what is saved again takes its own place. */
  g_autoptr (BaseTemplate) changed = base_template_dup (mail_template_get_plain (first));
  g_free (changed->abbreviation);
  changed->abbreviation = g_strdup (";THX");
  g_assert_false (save (bench, changed, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "Thanks"));
  g_clear_error (&error);
  g_free (changed->abbreviation);
  g_free (changed->name);
  changed->abbreviation = g_strdup ("ㅈㅅ");
  changed->name = g_strdup ("Zip code");
  g_assert_true (save (bench, changed, &error));
  g_assert_cmpuint (N_KEPT (bench), ==, 2);
  g_autoptr (MailTemplate) last =
      g_list_model_get_item (mail_engine_get_templates (bench->engine), 1);
  g_assert_cmpstr (mail_template_get_plain (last)->name, ==, "Zip code");

  mail_engine_remove_template_async (bench->engine, changed->id, on_result, &result);
  g_assert_true (mail_engine_remove_template_finish (bench->engine, wait_result (&result), &error));
  g_assert_cmpuint (N_KEPT (bench), ==, 1);
}

static void
fill (Bench *bench, MailDraft *draft, char **subject, char **text, char **html)
{
  g_autoptr (MailTemplate) template =
      g_list_model_get_item (mail_engine_get_templates (bench->engine), 0);

  mail_template_fill (template, draft, subject, text, html);
}

/* A value is text and never HTML; what is not known yet stays, and is asked about before sending. */
static void
test_fill (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  MailDraftWarnings warnings = 0;
  g_autofree char *subject = NULL, *text = NULL, *html = NULL;

  keep (bench, "All", NULL, "For {Name}: {x} {",
        "{name} <{address}> {me} {my-address} {subject} {{time}} {unknown} {",
        "<b>{name}</b> {date}");
  mail_draft_set_recipients (draft, "\"Kim <b>& Co\" <kim@example.org>, lee@example.org", NULL,
                             NULL);
  fill (bench, draft, &subject, &text, &html);
  g_assert_cmpstr (subject, ==, "For Kim <b>& Co: {x} {");
  g_assert_true (g_str_has_prefix (text, "Kim <b>& Co <kim@example.org> "));
  g_assert_nonnull (strstr (text, " one@example.org {subject} {"));
  g_assert_null (strstr (text, "time"));
  g_assert_true (g_str_has_suffix (text, "} {unknown} {"));
  g_assert_true (g_str_has_prefix (html, "<b>Kim &lt;b&gt;&amp; Co</b> "));
  g_assert_null (strstr (html, "{"));

  mail_draft_set_subject (draft, "x");
  mail_draft_set_body (draft, text, NULL);
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings & MAIL_WARN_PLACEHOLDER, ==, MAIL_WARN_PLACEHOLDER);
  /* What others wrote is their affair, and so is what was written without a template. */
  mail_draft_set_body (draft, "Hello\n> {name}\n{unknown}", NULL);
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings & MAIL_WARN_PLACEHOLDER, ==, 0);
  g_autoptr (MailDraft) other = mail_draft_new (bench->engine, bench->account);
  mail_draft_set_recipients (other, "kim@example.org", NULL, NULL);
  mail_draft_set_body (other, "{name}", NULL);
  g_assert_true (mail_draft_check (other, &warnings, NULL));
  g_assert_cmpint (warnings & MAIL_WARN_PLACEHOLDER, ==, 0);
}

/* Asked as well when the draft was closed, or the program ended, in between. */
static void
test_asked_later (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *subject = NULL, *text = NULL, *html = NULL;
  MailDraftWarnings warnings = 0;

  keep (bench, "All", NULL, NULL, "Dear {name}", NULL);
  mail_draft_set_recipients (draft, "kim@example.org", NULL, NULL);
  mail_draft_set_subject (draft, "x");
  mail_draft_set_body (draft, "Dear {name}", NULL);
  mail_draft_save_async (draft, TRUE, NULL, on_result, &result);
  g_assert_true (mail_draft_save_finish (draft, wait_result (&result), &error));
  /* What was in the letter before: that it is of a template is what there is to save. */
  fill (bench, draft, &subject, &text, &html);
  g_clear_object (&result);
  mail_draft_save_async (draft, TRUE, NULL, on_result, &result);
  g_assert_true (mail_draft_save_finish (draft, wait_result (&result), &error));

  g_autoptr (MailDraft) again = mail_draft_new_take (
      bench->engine, store_draft_load (bench->paths, mail_draft_get_id (draft), &error), TRUE);
  g_assert_no_error (error);
  g_assert_true (mail_draft_check (again, &warnings, NULL));
  g_assert_cmpint (warnings, ==, MAIL_WARN_PLACEHOLDER);
}

void
add_template_tests (void)
{
  g_test_add_func ("/mail/template/kept", test_kept);
  g_test_add_func ("/mail/template/fill", test_fill);
  g_test_add_func ("/mail/template/asked-later", test_asked_later);
}
