/* What can be seen of an attachment without opening another program.  Main thread; everything is fetched, decoded and taken apart
 * elsewhere, and what a stranger could have made to break a library by a process of its own (unpack-format.h).
 *
 * Errors: BROKEN (damaged, or not what it says), LIMIT (too large), AUTH (a password is needed), and those of fetching. */
#pragma once

#include "mail-content.h"

G_BEGIN_DECLS

typedef enum
{
  MAIL_PART_OTHER,
  MAIL_PART_PICTURE,
  MAIL_PART_PDF,
  MAIL_PART_TEXT,
  MAIL_PART_HTML,
  MAIL_PART_MESSAGE,
  MAIL_PART_CALENDAR,
  MAIL_PART_CARD,
} MailPartKind;

/* By type and name. */
MailPartKind mail_part_get_kind (MailPart *part);
guint64 mail_part_get_size (MailPart *part); /* decoded octets, about */

/* ---- pictures and pages ---- */
typedef enum
{
  MAIL_PIXELS_RGB,
  MAIL_PIXELS_RGBA,
  MAIL_PIXELS_CAIRO, /* 32 bits, premultiplied, as the machine keeps them */
} MailPixels;

typedef struct
{
  guint width, height;
  guint full_width, full_height; /* of the original: pixels, of a page points */
  MailPixels pixels;
  gboolean turned; /* the original lies otherwise, and only says so */
  GBytes *bytes; /* rows without padding */
} MailPicture;

void mail_picture_free (MailPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailPicture, mail_picture_free)

/* Fits into a square of `edge` pixels, its right side up. */
void mail_part_read_picture_async (MailPart *part, guint edge, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
MailPicture *mail_part_read_picture_finish (MailPart *part, GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  gatomicrefcount ref_count;
  GBytes *file;
  char *title; /* "" none */
  guint n;
  double *sizes; /* width and height of each, points */
} MailPages;

void mail_pages_unref (MailPages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailPages, mail_pages_unref)

void mail_part_read_pages_async (MailPart *part, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
MailPages *mail_part_read_pages_finish (MailPart *part, GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One of them, `width` pixels wide. */
void mail_part_read_page_async (MailPart *part, MailPages *pages, guint index, guint width,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
MailPicture *mail_part_read_page_finish (MailPart *part, GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- text ---- */
/* At most the first megabytes (*cut), UTF-8 with LF, in the charset it is in rather than the one it claims. */
void mail_part_read_text_async (MailPart *part, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
char *mail_part_read_text_finish (MailPart *part, GAsyncResult *result, gboolean *cut,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- messages and pages of HTML ---- */
/* An attached message, or an HTML file, as a message of its own: read and cleaned as every other.  It can be shown, and its files
 * opened; its `mail_content_get_message ()` is one without a row.  LIMIT: nested too deep. */
void mail_part_open_async (MailPart *part, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
MailContent *mail_part_open_finish (MailPart *part, GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- cards ---- */
typedef struct
{
  char *kind, *label, *value; /* see unpack-card.h */
} MailCardField;

typedef struct
{
  GPtrArray *fields; /* of MailCardField, without name and photo */
  char *name;        /* "" none */
  GBytes *photo;     /* nullable: a picture, not decoded */
} MailCard;

/* GPtrArray of MailCard, never empty. */
void mail_part_read_cards_async (MailPart *part, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *mail_part_read_cards_finish (MailPart *part, GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- danger ---- */
typedef enum
{
  MAIL_DANGER_NONE,
  MAIL_DANGER_PROGRAM,   /* runs when it is opened, here or on another system */
  MAIL_DANGER_SCRIPT,    /* a page that runs a script in a browser */
  MAIL_DANGER_MACROS,    /* a document with a program in it */
  MAIL_DANGER_ARCHIVE,   /* one of the others is packed in it */
  MAIL_DANGER_DISGUISED, /* its name says something else than it is */
} MailDanger;

/* Pure, any thread.  By its name, its type and what is in it (nullable: not known). */
MailDanger mail_danger_judge (const char *name, const char *content_type, GBytes *bytes);
const char *mail_danger_describe (MailDanger danger); /* a sentence; "" for NONE */
/* By name and content; fetches it. */
void mail_part_judge_async (MailPart *part, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean mail_part_judge_finish (MailPart *part, GAsyncResult *result, MailDanger *danger,
                                 GError **error);

G_END_DECLS
