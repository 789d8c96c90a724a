/* Reads the desktop's address books, as long as somebody wants to know; where what serves them ends and comes back, they are opened anew.  A thread of its own, with a main context of its own, does everything:
 * the library parses cards where its signals arrive.  It must never ask a person for a password, nor complain of a desktop that has no address
 * books. */
#include "mail-book-inside.h"

#include <gmodule.h>
#include <libebook/libebook.h>

#include <string.h>

#include "base-name.h"

/* Cards in one piece of news. */
#define PIECE    50
#define MAX_LIST 1000 /* members */
#define MAX_NEST 5    /* of lists in lists */
/* Seconds after which a book is opened anew. */
#define AGAIN_FIRST_S 1u
#define AGAIN_LAST_S  (5 * 60u)
/* All there are */
#define QUERY "(contains \"x-evolution-any-field\" \"\")"

typedef struct
{
  gatomicrefcount refs;
  GMainContext *context;
  GMainLoop *loop;
  GCancellable *cancellable;
  GHashTable *books; /* UID of the source -> Book; the thread's */
  guint asked;       /* questions without an answer yet; the thread's */
  GMutex lock;       /* of what follows */
  MailBookFunc func; /* NULL: nobody wants to know any more */
  gpointer data;
} Reading;

typedef struct
{
  Reading *reading; /* borrowed */
  char *id;
  EBookClient *client;   /* NULL: not there yet */
  EBookClientView *view; /* the same */
  GCancellable *cancellable;
  ESource *source;
  GHashTable *told; /* UIDs of its cards */
  gulong died;      /* the client's signal */
  guint failed;     /* how often in a row it could not be opened */
  GSource *again;   /* opens it anew; NULL: nothing does */
} Book;

static void
reading_unref (Reading *reading)
{
  if (!g_atomic_ref_count_dec (&reading->refs))
    return;
  g_main_loop_unref (reading->loop);
  g_main_context_unref (reading->context);
  g_object_unref (reading->cancellable);
  g_mutex_clear (&reading->lock);
  g_free (reading);
}

/* ---- telling ---- */

static void
tell (Reading *reading, MailBookNews *news)
{
  g_mutex_lock (&reading->lock);
  if (reading->func != NULL)
    reading->func (news, reading->data);
  else
    mail_book_news_free (news);
  g_mutex_unlock (&reading->lock);
}

/* ---- cards ---- */

static void
add_address (MailBookCard *card, const char *name, const char *address)
{
  if (address == NULL || *address == '\0' || card->addresses->len >= MAX_LIST)
    return;
  mail_book_card_add (card, name != NULL ? name : "", address);
}

static void
add_members (MailBookCard *card, EDestination *list, guint depth)
{
  for (const GList *l = e_destination_list_get_dests (list); l != NULL; l = l->next) {
    if (!e_destination_is_evolution_list (l->data))
      add_address (card, e_destination_get_name (l->data), e_destination_get_email (l->data));
    else if (depth < MAX_NEST)
      add_members (card, l->data, depth + 1);
  }
}

static char *
dup_name (EContact *contact)
{
  EContactName *name = e_contact_get (contact, E_CONTACT_NAME);
  const char *whole = e_contact_get_const (contact, E_CONTACT_FULL_NAME);
  const char *parts[BASE_NAME_PARTS] = { NULL };
  char *said;

  if (name == NULL)
    return g_strdup (whole != NULL ? whole : "");
  parts[BASE_NAME_FAMILY] = name->family;
  parts[BASE_NAME_GIVEN] = name->given;
  parts[BASE_NAME_ADDITIONAL] = name->additional;
  parts[BASE_NAME_PREFIX] = name->prefixes;
  parts[BASE_NAME_SUFFIX] = name->suffixes;
  said = base_name_mend (whole, parts);
  e_contact_name_free (name);
  return said;
}

static MailBookCard *
card_new (const Book *book, EContact *contact)
{
  g_autofree char *name = dup_name (contact);
  const char *filed = e_contact_get_const (contact, E_CONTACT_FILE_AS);
  g_autofree char *id = g_strdup_printf (
      "%s\n%s", book->id, (const char *)e_contact_get_const (contact, E_CONTACT_UID));
  MailBookCard *card =
      mail_book_card_new (id,
                          *name != '\0'   ? name
                          : filed != NULL ? filed
                                          : "",
                          GPOINTER_TO_INT (e_contact_get (contact, E_CONTACT_IS_LIST)));

  if (card->list) {
    EDestination *list = e_destination_new ();

    e_destination_set_contact (list, contact, 0);
    add_members (card, list, 0);
    g_object_unref (list);
  } else {
    GList *addresses = e_contact_get (contact, E_CONTACT_EMAIL);

    for (const GList *l = addresses; l != NULL; l = l->next)
      add_address (card, card->name, l->data);
    g_list_free_full (addresses, g_free);
  }
  return card;
}

/* FALSE: there are enough of this book. */
static gboolean
has_room (Book *book, EContact *contact)
{
  const char *id = e_contact_get_const (contact, E_CONTACT_UID);

  if (g_hash_table_contains (book->told, id))
    return TRUE;
  return g_hash_table_size (book->told) < MAIL_BOOK_MOST_CARDS
         && g_hash_table_add (book->told, g_strdup (id));
}

static void
on_cards (EBookClientView *view, const GSList *contacts, Book *book)
{
  MailBookNews *news = mail_book_news_new ();

  for (const GSList *l = contacts; l != NULL; l = l->next) {
    if (!has_room (book, l->data))
      continue;
    g_ptr_array_add (news->cards, card_new (book, l->data));
    if (news->cards->len >= PIECE) {
      tell (book->reading, news);
      news = mail_book_news_new ();
    }
  }
  tell (book->reading, news);
}

static void
on_gone (EBookClientView *view, const GSList *uids, Book *book)
{
  MailBookNews *news = mail_book_news_new ();

  for (const GSList *l = uids; l != NULL; l = l->next) {
    g_ptr_array_add (news->gone, g_strdup_printf ("%s\n%s", book->id, (const char *)l->data));
    g_hash_table_remove (book->told, l->data);
  }
  tell (book->reading, news);
}

/* ---- books ---- */

/* What was opened of it is let go. */
static void
close_book (Book *book)
{
  if (book->view != NULL)
    g_signal_handlers_disconnect_by_data (book->view, book);
  g_clear_object (&book->view);
  if (book->client != NULL)
    g_signal_handler_disconnect (book->client, book->died);
  g_clear_object (&book->client);
  if (book->again != NULL)
    g_source_destroy (book->again);
  g_clear_pointer (&book->again, g_source_unref);
}

static void
book_free (gpointer data)
{
  Book *book = data;

  g_cancellable_cancel (book->cancellable);
  close_book (book);
  g_object_unref (book->cancellable);
  g_object_unref (book->source);
  g_hash_table_unref (book->told);
  g_free (book->id);
  g_free (book);
}

/* What is asked of a book, which may be gone when the answer comes. */
typedef struct
{
  Reading *reading; /* borrowed: its thread waits for all answers */
  char *id;
} Question;

static Question *
question_new (const Book *book)
{
  Question *question = g_new0 (Question, 1);

  question->reading = book->reading;
  question->reading->asked++;
  question->id = g_strdup (book->id);
  return question;
}

/* NULL: it is gone.  Takes the question. */
static Book *
question_end (Question *question)
{
  Book *book = question->reading->books != NULL
                   ? g_hash_table_lookup (question->reading->books, question->id)
                   : NULL;

  question->reading->asked--;
  g_free (question->id);
  g_free (question);
  return book;
}

static gboolean open_again (gpointer book);

/* What serves the books has ended, or does not answer: it is started anew by who asks, and asked less and less often where that fails. */
static void
open_later (Book *book)
{
  guint delay = MIN (AGAIN_FIRST_S << MIN (book->failed, 16), AGAIN_LAST_S);

  close_book (book);
  book->failed++;
  book->again = g_timeout_source_new_seconds (delay);
  g_source_set_callback (book->again, open_again, book, NULL);
  g_source_attach (book->again, book->reading->context);
}

/* Of which book it is told, in whatever thread. */
typedef struct
{
  Reading *reading; /* owned */
  char *id;
} Note;

static Note *
note_new (Reading *reading, const char *id)
{
  Note *note = g_new (Note, 1);

  g_atomic_ref_count_inc (&reading->refs);
  *note = (Note){ reading, g_strdup (id) };
  return note;
}

static void
note_free (gpointer data)
{
  Note *note = data;

  reading_unref (note->reading);
  g_free (note->id);
  g_free (note);
}

static void
drop_note (gpointer note, GClosure *closure)
{
  note_free (note);
}

static gboolean
take_death (gpointer data)
{
  const Note *note = data;
  Book *book =
      note->reading->books != NULL ? g_hash_table_lookup (note->reading->books, note->id) : NULL;

  if (book != NULL && book->client != NULL)
    open_later (book);
  return G_SOURCE_REMOVE;
}

/* A thread of the library's. */
static void
on_died (EBookClient *client, Note *note)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, take_death, note_new (note->reading, note->id), note_free);
  g_source_attach (source, note->reading->context);
}

/* All of it is told again, and what went meanwhile is not there any more. */
static void
begin_anew (Book *book)
{
  MailBookNews *news;

  book->failed = 0;
  if (g_hash_table_size (book->told) == 0)
    return;
  g_hash_table_remove_all (book->told);
  news = mail_book_news_new ();
  g_ptr_array_add (news->gone, g_strconcat (book->id, "\n", NULL));
  tell (book->reading, news);
}

/* A book that cannot be read is as good as none. */
static void
on_view (GObject *source, GAsyncResult *result, gpointer data)
{
  Book *book = question_end (data);
  EBookClientView *view = NULL;

  if (!e_book_client_get_view_finish (E_BOOK_CLIENT (source), result, &view, NULL))
    return;
  if (book == NULL || book->view != NULL || book->client != E_BOOK_CLIENT (source)) {
    g_object_unref (view);
    return;
  }
  begin_anew (book);
  book->view = view;
  g_signal_connect (view, "objects-added", G_CALLBACK (on_cards), book);
  g_signal_connect (view, "objects-modified", G_CALLBACK (on_cards), book);
  g_signal_connect (view, "objects-removed", G_CALLBACK (on_gone), book);
  e_book_client_view_start (view, NULL);
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer data)
{
  EClient *client = e_book_client_connect_finish (result, NULL);
  Book *book = question_end (data);

  if (book != NULL && client == NULL && book->failed > 0)
    open_later (book); /* it could be read before */
  if (client == NULL || book == NULL || book->client != NULL) {
    g_clear_object (&client);
    return;
  }
  book->client = E_BOOK_CLIENT (client);
  book->died =
      g_signal_connect_data (client, "backend-died", G_CALLBACK (on_died),
                             note_new (book->reading, book->id), drop_note, G_CONNECT_DEFAULT);
  e_book_client_get_view (book->client, QUERY, book->cancellable, on_view, question_new (book));
}

static void
connect_book (Book *book)
{
  e_book_client_connect (book->source, (guint32)-1, book->cancellable, on_client,
                         question_new (book));
}

static gboolean
open_again (gpointer data)
{
  Book *book = data;

  g_clear_pointer (&book->again, g_source_unref);
  connect_book (book);
  return G_SOURCE_REMOVE;
}

static void
open_book (Reading *reading, ESource *source)
{
  const char *id = e_source_get_uid (source);
  Book *book;

  if (!e_source_has_extension (source, E_SOURCE_EXTENSION_ADDRESS_BOOK)
      || g_hash_table_contains (reading->books, id)
      /* Books that a person does not want to be offered, large directories above all */
      || !e_source_autocomplete_get_include_me (
          e_source_get_extension (source, E_SOURCE_EXTENSION_AUTOCOMPLETE)))
    return;
  book = g_new0 (Book, 1);
  book->reading = reading;
  book->id = g_strdup (id);
  book->cancellable = g_cancellable_new ();
  book->source = g_object_ref (source);
  book->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (reading->books, g_strdup (id), book);
  connect_book (book);
}

static void
on_source (ESourceRegistry *registry, ESource *source, Reading *reading)
{
  if (e_source_registry_check_enabled (registry, source))
    open_book (reading, source);
}

static void
on_source_gone (ESourceRegistry *registry, ESource *source, Reading *reading)
{
  MailBookNews *news;

  if (!g_hash_table_remove (reading->books, e_source_get_uid (source)))
    return;
  news = mail_book_news_new ();
  g_ptr_array_add (news->gone, g_strconcat (e_source_get_uid (source), "\n", NULL));
  tell (reading, news);
}

static void
follow (Reading *reading)
{
  ESourceRegistry *registry = e_source_registry_new_sync (reading->cancellable, NULL);
  GList *sources;

  if (registry == NULL) /* no address books here */
    return;
  g_signal_connect (registry, "source-added", G_CALLBACK (on_source), reading);
  g_signal_connect (registry, "source-enabled", G_CALLBACK (on_source), reading);
  g_signal_connect (registry, "source-removed", G_CALLBACK (on_source_gone), reading);
  g_signal_connect (registry, "source-disabled", G_CALLBACK (on_source_gone), reading);
  sources = e_source_registry_list_enabled (registry, E_SOURCE_EXTENSION_ADDRESS_BOOK);
  for (const GList *l = sources; l != NULL; l = l->next)
    open_book (reading, l->data);
  g_list_free_full (sources, g_object_unref);
  if (!g_cancellable_is_cancelled (reading->cancellable))
    g_main_loop_run (reading->loop);
  g_signal_handlers_disconnect_by_data (registry, reading);
  g_object_unref (registry);
}

static gpointer
run (gpointer data)
{
  Reading *reading = data;

  g_main_context_push_thread_default (reading->context);
  reading->books = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, book_free);
  follow (reading);
  g_clear_pointer (&reading->books, g_hash_table_unref);
  /* What was cancelled is told so; whoever waits for this thread has been let go long since. */
  while (reading->asked > 0)
    g_main_context_iteration (reading->context, TRUE);
  g_main_context_pop_thread_default (reading->context);
  reading_unref (reading);
  return NULL;
}

static gpointer
start (MailBookFunc func, gpointer data)
{
  Reading *reading = g_new0 (Reading, 1);

  g_atomic_ref_count_init (&reading->refs);
  g_atomic_ref_count_inc (&reading->refs);
  reading->context = g_main_context_new ();
  reading->loop = g_main_loop_new (reading->context, FALSE);
  reading->cancellable = g_cancellable_new ();
  g_mutex_init (&reading->lock);
  reading->func = func;
  reading->data = data;
  g_thread_unref (g_thread_new ("address-books", run, reading));
  return reading;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
stop (gpointer data)
{
  Reading *reading = data;

  g_mutex_lock (&reading->lock);
  reading->func = NULL;
  g_mutex_unlock (&reading->lock);
  g_cancellable_cancel (reading->cancellable);
  g_main_context_invoke (reading->context, quit, reading->loop);
  reading_unref (reading);
}

G_MODULE_EXPORT const MailBookApi *sosik_book_get_api (void);

const MailBookApi *
sosik_book_get_api (void)
{
  static const MailBookApi api = { start, stop };

  return &api;
}
