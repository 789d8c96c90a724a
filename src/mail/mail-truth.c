/* Judges who a message is from, and says it in one calm sentence with the details behind it.
 *
 * A pool thread, over plain data, but for the getters.  It must stay silent where all is as usual: a warning that is usually wrong teaches people to
 * pass over the one that is right. */
#include "mail-truth-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-text.h"

#define SHOWN_NAME    60
#define SHOWN_ADDRESS 100

/* Who is known to seal only what he checked (ARC); a chain that holds is no proof by itself. */
static const char *const sealers[] = { "google.com", "microsoft.com", "messagingengine.com", NULL };

/* Anybody can write the fields of a list.  What they explain away must depend on what only a list that the person uses can have. */
typedef enum
{
  LIST_NONE,
  LIST_SIGNED, /* its owner did send the message; the person never wrote to it */
  LIST_KNOWN,  /* the same, and the person wrote to it, or has read it for a while */
} ListRank;

typedef struct
{
  const MailParsed *parsed;
  const MailFacts *facts;
  const MimeAuthentication *authentication;
  const MimeList *list;
  char *post; /* nullable: its one address */
  ListRank rank;
  GStrvBuilder *details;
  MailTruth *truth;
} Judging;

/* The first of the highest level is the line; all are details. */
static void
say (Judging *judging, MailTruthLevel level, char *sentence)
{
  MailTruth *truth = judging->truth;

  g_strv_builder_add (judging->details, sentence);
  if (level > truth->level) {
    truth->level = level;
    g_free (truth->sentence);
    truth->sentence = sentence;
  } else {
    g_free (sentence);
  }
}

static const char *
get_domain (const char *address)
{
  const char *at = strrchr (address, '@');

  return at != NULL ? at + 1 : NULL;
}

static const MailAddress *
get_from (const MailParsed *parsed)
{
  return parsed->from->len > 0 ? parsed->from->pdata[0] : NULL;
}

/* ---- what may be wrong ---- */

static void
look_at_senders (Judging *judging)
{
  if (judging->parsed->from->len > 1 || judging->parsed->several_from)
    say (judging, MAIL_TRUTH_WARNING,
         g_strdup (_ ("This message names several senders. Only one of them can have sent it.")));
}

/* A check that passed is about a domain of the owner of this one. */
static gboolean
is_sent_by (const MimeAuthentication *authentication, const char *domain)
{
  for (guint i = 0; domain != NULL && i < authentication->checks->len; i++) {
    const MimeCheck *check = authentication->checks->pdata[i];

    if (check->result == MIME_RESULT_PASS && check->domain != NULL
        && mime_domain_is_same_owner (check->domain, domain))
      return TRUE;
  }
  return FALSE;
}

/* A list breaks the sender's own signature in good faith, and writes in the names of others. */
static ListRank
rank_list (const Judging *judging)
{
  const char *post = judging->post != NULL ? get_domain (judging->post) : NULL;
  gboolean posted = is_sent_by (judging->authentication, post);

  if (judging->list->id == NULL)
    return LIST_NONE;
  if (posted && judging->facts->knows_list)
    return LIST_KNOWN;
  return posted || is_sent_by (judging->authentication, judging->list->id) ? LIST_SIGNED
                                                                           : LIST_NONE;
}

static void
look_at_verdict (Judging *judging, const MailAddress *from)
{
  g_autofree char *domain = base_text_one_line (get_domain (from->address), SHOWN_ADDRESS);
  MimeVerdict verdict = judging->authentication->verdict;

  if ((verdict != MIME_VERDICT_FAIL && verdict != MIME_VERDICT_DOUBT) || domain[0] == '\0')
    return;
  if (judging->rank == LIST_KNOWN
      || (judging->list->id != NULL
          && mime_authentication_is_vouched (judging->authentication, judging->parsed->mime,
                                             sealers))) {
    say (
        judging, MAIL_TRUTH_NOTHING,
        g_strdup (_ (
            "The mailing list changed the message, so that the sender's own signature is not valid any more. Lists do that.")));
  } else if (judging->rank == LIST_SIGNED) {
    g_autofree char *list = base_text_one_line (judging->list->id, SHOWN_NAME);

    say (
        judging, MAIL_TRUTH_NOTE,
        /* Translators: the domain of an address, and a mailing list */
        g_strdup_printf (
            _ ("This message may not be from %s: the mailing list %s sent it, to which you never wrote."),
            domain, list));
  } else if (verdict == MIME_VERDICT_DOUBT) {
    say (judging, MAIL_TRUTH_NOTE,
         /* Translators: the domain of an address */
         g_strdup_printf (_ ("It is not certain that this message is from %s."), domain));
  } else {
    say (judging, MAIL_TRUTH_WARNING,
         /* Translators: the domain of an address */
         g_strdup_printf (
             _ ("This message may not be from %s: that domain says such mail is not its own."),
             domain));
  }
}

/* "a@b" among other words. */
static char *
find_address (const char *name)
{
  g_auto (GStrv) words = g_strsplit_set (name, " \t\"'()<>[],;:", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    const char *domain = get_domain (words[i]);

    if (domain != NULL && domain > words[i] + 1 && strchr (domain, '.') != NULL
        && domain[strlen (domain) - 1] != '.')
      return g_strdup (words[i]);
  }
  return NULL;
}

static void
look_at_name (Judging *judging, const MailAddress *from)
{
  g_autofree char *named = find_address (from->name);
  g_autofree char *shown = NULL, *address = NULL;
  const char *domain = get_domain (from->address);
  gboolean listed;

  if (named == NULL || domain == NULL || g_ascii_strcasecmp (named, from->address) == 0
      || mime_domain_is_same_owner (get_domain (named), domain))
    return;
  /* A list that writes for its members names them: "ann@x.org via Talk". */
  listed = judging->rank != LIST_NONE && mime_domain_is_same_owner (judging->list->id, domain);
  if (listed && judging->rank == LIST_KNOWN)
    return;
  shown = base_text_one_line (named, SHOWN_ADDRESS);
  address = base_text_one_line (from->address, SHOWN_ADDRESS);
  say (judging, listed ? MAIL_TRUTH_NOTE : MAIL_TRUTH_WARNING,
       /* Translators: an address that the sender's name shows, the sender's own */
       g_strdup_printf (_ ("The sender's name shows the address %s, but the message is from %s."),
                        shown, address));
}

static gboolean
is_own (const MailFacts *facts, const char *address)
{
  for (guint i = 0; facts->addresses[i] != NULL; i++) {
    if (base_address_match (facts->addresses[i], address) != BASE_ADDRESS_OTHER)
      return TRUE;
  }
  return FALSE;
}

static void
look_at_domain (Judging *judging, const MailAddress *from)
{
  const MailFacts *facts = judging->facts;
  const char *domain = get_domain (from->address), *alike = NULL;

  if (domain == NULL)
    return;
  if (facts->domains != NULL && mime_domains_have_owner (facts->domains, domain))
    return;
  for (guint i = 0; facts->addresses[i] != NULL; i++) {
    const char *own = get_domain (facts->addresses[i]);

    if (own != NULL && mime_domain_is_same_owner (domain, own))
      return;
    if (own != NULL && alike == NULL && mime_domain_looks_like (domain, own))
      alike = own;
  }
  if (alike == NULL && facts->domains != NULL)
    alike = mime_domains_find_alike (facts->domains, domain);
  if (alike != NULL) {
    g_autofree char *ascii = g_hostname_to_ascii (domain);
    g_autofree char *shown = base_text_one_line (ascii != NULL ? ascii : domain, SHOWN_ADDRESS);
    g_autofree char *known = base_text_one_line (alike, SHOWN_ADDRESS);

    say (judging, MAIL_TRUTH_WARNING,
         /* Translators: two domains, of which the second one is known */
         g_strdup_printf (_ ("The sender's domain %s looks like %s, but is another one."), shown,
                          known));
  }
}

static void
look_at_replies (Judging *judging, const MailAddress *from)
{
  g_autofree char *shown = NULL;
  const char *domain = get_domain (from->address);

  /* Newsletters often have their answers elsewhere, and anybody can say that he is one: the same one wrote before. */
  if (domain == NULL
      || (judging->list->automatic && judging->facts->is_known
          && judging->authentication->verdict == MIME_VERDICT_PASS))
    return;
  for (guint i = 0; i < judging->parsed->reply_to->len; i++) {
    const MailAddress *reply = judging->parsed->reply_to->pdata[i];
    const char *other = get_domain (reply->address);

    if (other == NULL || mime_domain_is_same_owner (domain, other)
        || is_own (judging->facts, reply->address)
        || (judging->rank == LIST_KNOWN && g_ascii_strcasecmp (reply->address, judging->post) == 0))
      continue;
    shown = base_text_one_line (reply->address, SHOWN_ADDRESS);
    say (judging, MAIL_TRUTH_NOTE,
         /* Translators: an address */
         g_strdup_printf (_ ("An answer to this message goes to another address: %s"), shown));
    return;
  }
}

static void
look_at_acquaintance (Judging *judging, const MailAddress *from)
{
  g_autofree char *shown = base_text_one_line (from->address, SHOWN_ADDRESS);

  /* On a list that the person writes to there are new ones every day. */
  if (judging->facts->is_first && judging->rank != LIST_KNOWN
      && !is_own (judging->facts, from->address))
    say (judging, MAIL_TRUTH_NOTE,
         /* Translators: an address */
         g_strdup_printf (_ ("This is the first message from %s."), shown));
}

/* ---- what was checked ---- */

static const char *
describe_result (const MimeCheck *check)
{
  switch (check->result) {
  case MIME_RESULT_PASS:
    return _ ("passed");
  case MIME_RESULT_FAIL:
    return _ ("failed");
  case MIME_RESULT_NONE:
    return _ ("nothing to check");
  case MIME_RESULT_OTHER:
    return _ ("not certain");
  }
  return "";
}

static const char *
describe_method (const MimeCheck *check)
{
  if (strcmp (check->method, "dmarc") == 0)
    return _ ("Rule of the sender's domain (DMARC)");
  if (strcmp (check->method, "dkim") == 0)
    return _ ("Signature (DKIM)");
  if (strcmp (check->method, "spf") == 0)
    return _ ("Sending server (SPF)");
  if (strcmp (check->method, "arc") == 0)
    return _ ("Servers on the way (ARC)");
  return NULL;
}

static void
list_checks (Judging *judging)
{
  const MimeAuthentication *found = judging->authentication;
  gboolean any = FALSE;

  if (found->server == NULL)
    return;
  for (guint i = 0; i < found->checks->len && i < 12; i++) {
    const MimeCheck *check = found->checks->pdata[i];
    const char *method = describe_method (check);

    if (method == NULL)
      continue;
    any = TRUE;
    if (check->domain != NULL) {
      g_autofree char *domain = base_text_one_line (check->domain, SHOWN_NAME);
      /* Translators: what was checked, how that ended, for which domain */
      g_autofree char *line =
          g_strdup_printf (_ ("%s: %s, for %s"), method, describe_result (check), domain);

      g_strv_builder_add (judging->details, line);
    } else {
      /* Translators: what was checked, how that ended */
      g_autofree char *line = g_strdup_printf (_ ("%s: %s"), method, describe_result (check));

      g_strv_builder_add (judging->details, line);
    }
  }
  if (any && found->server[0] != '\0') {
    g_autofree char *server = base_text_one_line (found->server, SHOWN_NAME);
    /* Translators: a mail server */
    g_autofree char *line =
        g_strdup_printf (_ ("Checked by %s, which received the message."), server);

    g_strv_builder_add (judging->details, line);
  }
}

/* ---- the list ---- */

static MailList *
new_list (const MimeList *found, const MailParsed *parsed, const MimeAuthentication *authentication)
{
  static const char *const fields[] = { "List-Unsubscribe", "List-Unsubscribe-Post", NULL };
  MailList *list = g_new0 (MailList, 1);
  const MailAddress *from = get_from (parsed);
  gboolean one_click =
      found->one_click
      && mime_authentication_covers (authentication, parsed->mime, fields) == MIME_COVER_YES;

  if (found->id != NULL)
    list->id = g_strdup (found->id);
  else if (from != NULL && from->address[0] != '\0')
    list->id = g_utf8_strdown (from->address, -1);
  if (found->id != NULL)
    list->name = found->name != NULL ? g_strdup (found->name)
                                     : base_text_one_line (found->id, SHOWN_ADDRESS);
  list->post = g_strdup (found->post);
  if (one_click) {
    list->leave = MAIL_LEAVE_ONE_CLICK;
    list->leave_uri = g_strdup (found->by_web);
  } else if (found->by_mail != NULL
             && mail_mailto_parse_request (found->by_mail, &list->leave_address,
                                           &list->leave_subject, &list->leave_text)) {
    list->leave = MAIL_LEAVE_MAIL;
  } else if (found->by_web != NULL) {
    list->leave = MAIL_LEAVE_WEB;
    list->leave_uri = g_strdup (found->by_web);
  }
  return list;
}

void
mail_list_free (MailList *list)
{
  g_free (list->id);
  g_free (list->name);
  g_free (list->post);
  g_free (list->leave_uri);
  g_free (list->leave_address);
  g_free (list->leave_subject);
  g_free (list->leave_text);
  g_free (list);
}

char *
mail_truth_dup_post (const MimeList *list)
{
  g_autofree char *subject = NULL, *text = NULL;
  char *address = NULL;

  return list->post != NULL && mail_mailto_parse_request (list->post, &address, &subject, &text)
             ? address
             : NULL;
}

/* ---- all of it ---- */

void
mail_truth_free (MailTruth *truth)
{
  g_free (truth->sentence);
  g_strfreev (truth->details);
  g_free (truth);
}

void
mail_truth_judge (MailParsed *parsed, const MailFacts *facts)
{
  const char *learned[] = { facts != NULL ? facts->learned : NULL, NULL };
  g_autoptr (MimeAuthentication) authentication = mime_authentication_read (
      parsed->mime,
      facts != NULL && facts->trusted != NULL ? (const char *const *)facts->trusted : learned);
  g_autoptr (MimeList) list = mime_list_read (parsed->mime);
  g_autoptr (GStrvBuilder) details = g_strv_builder_new ();
  g_autofree char *post = mail_truth_dup_post (list);
  Judging judging = { parsed, facts, authentication, list, post, LIST_NONE, details, NULL };
  const MailAddress *from = get_from (parsed);

  parsed->list = new_list (list, parsed, authentication);
  parsed->is_authenticated = authentication->verdict == MIME_VERDICT_PASS;
  if (facts == NULL)
    return;
  parsed->truth = judging.truth = g_new0 (MailTruth, 1);
  if (!facts->is_own) {
    judging.rank = rank_list (&judging);
    if (judging.rank != LIST_NONE && post != NULL && !facts->has_list
        && is_sent_by (authentication, get_domain (post)))
      parsed->new_list = g_strdup (post);
    look_at_senders (&judging);
    if (from != NULL) {
      look_at_verdict (&judging, from);
      look_at_domain (&judging, from);
      look_at_name (&judging, from);
      look_at_replies (&judging, from);
      look_at_acquaintance (&judging, from);
    }
    list_checks (&judging);
  }
  parsed->truth->details = g_strv_builder_end (details);
}

/* ---- main thread ---- */

const MailTruth *
mail_content_get_truth (MailContent *content)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (content), NULL);
  return mail_content_get_parsed (content)->truth;
}

gboolean
mail_content_is_authenticated (MailContent *content)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (content), FALSE);
  return mail_content_get_parsed (content)->is_authenticated;
}

const MailList *
mail_content_get_list (MailContent *content)
{
  static const MailList none = { 0 };

  g_return_val_if_fail (MAIL_IS_CONTENT (content), &none);
  return mail_content_get_parsed (content)->list != NULL ? mail_content_get_parsed (content)->list
                                                         : &none;
}
