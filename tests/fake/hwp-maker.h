/* Documents of HWP 5 for those who read them: a compound file as libgsf writes it, of streams as Hancom tells of them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  HWP_MAKER_PACKED = 1 << 0,
  HWP_MAKER_PASSWORD = 1 << 1,
  HWP_MAKER_DISTRIBUTED = 1 << 2,
  HWP_MAKER_RIGHTS = 1 << 4,
};

#define HWP_MAKER_TEXT 67 /* the tag of a paragraph's text */

typedef struct
{
  const char *name; /* with its folder: "BodyText/Section0" */
  GBytes *content;
} HwpStream;

GBytes *hwp_maker_compound (const HwpStream *streams, guint n) G_GNUC_WARN_UNUSED_RESULT;

/* The stream FileHeader. */
GBytes *hwp_maker_header (guint32 properties) G_GNUC_WARN_UNUSED_RESULT;
GBytes *hwp_maker_utf16 (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* Deflated, without a head. */
GBytes *hwp_maker_pack (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* One more record; `size` is what its header says. */
void hwp_maker_add_record (GByteArray *records, guint tag, gconstpointer data, gsize length,
                           guint32 size);
/* One more paragraph, with the record in front of it that any has, and its end. */
void hwp_maker_add_paragraph (GByteArray *records, const char *text);

/* A document with one section, of one paragraph. */
GBytes *hwp_maker_document (guint32 properties, const char *text,
                            const char *preview) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
