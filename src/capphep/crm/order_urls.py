"""Addresses of the orders; `crm.urls` joins them."""

from django.urls import URLPattern, path

from capphep.crm.views import goods, order_following, order_form, order_list, orders

order_urls: list[URLPattern] = [
    path("orders/", order_list.order_list, name="order_list"),
    path("orders/new", order_form.order_new, name="order_new"),
    path("orders/autofill", order_form.order_autofill, name="order_autofill"),
    path("orders/goods", goods.goods_dialog, name="order_goods"),
    path("orders/goods/find", goods.goods_find, name="order_goods_find"),
    path("orders/goods/pasted", goods.goods_pasted, name="order_goods_pasted"),
    path("orders/goods/lines", goods.goods_lines, name="order_goods_lines"),
    path("orders/goods/row", goods.goods_row, name="order_goods_row"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/edit", order_form.order_edit, name="order_edit"),
    path("orders/<int:pk>/deactivate", order_following.order_deactivate, name="order_deactivate"),
    path("orders/<int:pk>/reactivate", order_following.order_reactivate, name="order_reactivate"),
]
