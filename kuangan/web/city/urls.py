"""Addresses: the city's workbook, and what leaves the platform again."""

from django.urls import URLPattern

from kuangan.web.city import book, books, exports
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("exports/", exports.exports, "exports"),
    page("exports/<int:pk>/export.zip", exports.export_file, "export_file"),
    page("city/books/", books.books, "city_books"),
    page("city/books/template.xlsx", books.book_template, "city_book_template"),
    page("city/books/<int:pk>/", book.book, "city_book"),
    page("city/books/<int:pk>/refused.xlsx", book.refused_rows, "city_book_refused"),
    page("city/headings/<int:pk>/forget/", books.forget_told, "forget_heading"),
]
