/* The desktop tells that something about the network has changed, far more often than that it is another one; our own addresses are what every system
 * tells.  Of IPv6 only what the network gives: the rest changes by itself (RFC 8981). */
#include "mail-network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static char *
describe (const struct ifaddrs *interface)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (interface->ifa_addr == NULL || (interface->ifa_flags & IFF_LOOPBACK) != 0
      || (interface->ifa_flags & IFF_UP) == 0)
    return NULL;
  if (interface->ifa_addr->sa_family == AF_INET) {
    struct sockaddr_in address;

    memcpy (&address, interface->ifa_addr, sizeof address);
    inet_ntop (AF_INET, &address.sin_addr, text, sizeof text);
  } else if (interface->ifa_addr->sa_family == AF_INET6) {
    struct sockaddr_in6 address;

    memcpy (&address, interface->ifa_addr, sizeof address);
    if (IN6_IS_ADDR_LINKLOCAL (&address.sin6_addr))
      return NULL;
    memset (address.sin6_addr.s6_addr + 8, 0, 8);
    inet_ntop (AF_INET6, &address.sin6_addr, text, sizeof text);
  }
  return *text != '\0' ? g_strdup_printf ("%s %s", interface->ifa_name, text) : NULL;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char *
mail_network_describe (void)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) == 0)
    for (const struct ifaddrs *one = interfaces; one != NULL; one = one->ifa_next) {
      g_autofree char *text = describe (one);

      if (text != NULL && !g_ptr_array_find_with_equal_func (all, text, g_str_equal, NULL))
        g_ptr_array_add (all, g_steal_pointer (&text));
    }
  if (interfaces != NULL)
    freeifaddrs (interfaces);
  g_ptr_array_sort (all, compare);
  g_ptr_array_add (all, NULL);
  return g_strjoinv ("\n", (char **)all->pdata);
}
