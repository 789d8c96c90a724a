/* Plays the corpus of a target, and each piece of it changed in some ways: bits, bytes, lengths, pieces of others.  For `meson test`, and
 * where there is no libFuzzer; with the same seed it does the same.  FUZZ_ROUNDS, FUZZ_SEED: how often and which; FUZZ_KEEP: a file for what is being
 * played.  Prints TAP. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define MAX_SIZE (64 * 1024)

static GPtrArray *corpus; /* of GBytes */

static void
play (const guint8 *data, gsize size)
{
  /* A copy of its own: what is read behind the end is found.  Nothing, too, has an address, as with libFuzzer */
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  g_free (copy);
}

static GByteArray *
change (GRand *random, GBytes *bytes)
{
  GByteArray *result = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_byte_array_append (result, data, (guint)size);
  for (int times = g_rand_int_range (random, 1, 6); times > 0 && result->len > 0; times--) {
    guint at = (guint)g_rand_int_range (random, 0, (gint32)result->len);
    guint room = (guint)g_rand_int_range (random, 1, 33);

    switch (g_rand_int_range (random, 0, 6)) {
    case 0:
      result->data[at] ^= (guint8)(1 << g_rand_int_range (random, 0, 8));
      break;
    case 1:
      result->data[at] = (guint8)g_rand_int_range (random, 0, 256);
      break;
    case 2:
      g_byte_array_remove_range (result, at, MIN (room, result->len - at));
      break;
    case 3:
      g_byte_array_set_size (result, at);
      break;
    default: {
      /* A piece of another, or of itself, put in here */
      GBytes *other = corpus->pdata[g_rand_int_range (random, 0, (gint32)corpus->len)];
      gsize other_size;
      const guint8 *piece = g_bytes_get_data (other, &other_size);
      g_autofree guint8 *tail = g_memdup2 (result->data + at, result->len - at);
      guint tail_size = result->len - at;

      if (other_size == 0 || result->len > MAX_SIZE)
        break;
      gsize from = (gsize)g_rand_int_range (random, 0, (gint32)other_size);
      g_byte_array_set_size (result, at);
      g_byte_array_append (result, piece + from, (guint)MIN (room * 4, other_size - from));
      g_byte_array_append (result, tail, tail_size);
    }
    }
  }
  return result;
}

static int
compare_names (gconstpointer one, gconstpointer other)
{
  return strcmp (*(const char *const *)one, *(const char *const *)other);
}

int
main (int argc, char **argv)
{
  const char *rounds_text = g_getenv ("FUZZ_ROUNDS"), *seed_text = g_getenv ("FUZZ_SEED");
  guint rounds = rounds_text != NULL ? (guint)atoi (rounds_text) : 40;
  guint seed = seed_text != NULL ? (guint)atoi (seed_text) : 4;
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (GDir) folder = NULL;
  guint played = 0;

  corpus = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  if (argc != 2 || (folder = g_dir_open (argv[1], 0, NULL)) == NULL) {
    g_printerr ("usage: %s CORPUS\n", argv[0]);
    return 2;
  }
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (folder)) != NULL;)
    g_ptr_array_add (names, g_build_filename (argv[1], name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    char *content;
    gsize size;

    if (!g_file_get_contents (names->pdata[i], &content, &size, NULL))
      return 2;
    g_ptr_array_add (corpus, g_bytes_new_take (content, size));
  }
  g_print ("1..%u\n", corpus->len);
  for (guint i = 0; i < corpus->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (corpus->pdata[i], &size);

    play (data, size);
    for (guint round = 0; round < rounds; round++) {
      g_autoptr (GByteArray) changed = change (random, corpus->pdata[i]);

      if (g_getenv ("FUZZ_KEEP") != NULL)
        g_file_set_contents (g_getenv ("FUZZ_KEEP"), (const char *)changed->data, changed->len,
                             NULL);
      play (changed->data, changed->len);
    }
    played += rounds + 1;
    g_print ("ok %u %s\n", i + 1, strrchr (names->pdata[i], '/') + 1);
  }
  g_print ("# %u pieces\n", played);
  g_ptr_array_unref (corpus);
  return 0;
}
