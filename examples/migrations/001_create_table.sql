-- A community library: the books on its shelves, and the slips on which lending is written down.
-- Both tables are kept simple on purpose; the migrations that follow correct them one by one.

-- UP: create two tables, their indexes and the first rows

-- INTEGER PRIMARY KEY makes id the rowid itself, so every rebuild keeps the ids.
-- "published" is text, as on the index cards: some books have no year on them.
CREATE TABLE books (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    published TEXT NOT NULL DEFAULT '',
    isbn TEXT,
    blurb TEXT NOT NULL DEFAULT '',
    keywords TEXT NOT NULL DEFAULT '',
    donor TEXT,
    CHECK (title <> ''),
    CHECK (isbn IS NULL OR length(isbn) = 13)
);

-- Serves the shelf order: by author, then by title.
CREATE INDEX books_author ON books (author, title);

-- Slips were filled in by hand before this database existed: names in full, dates with the day
-- first.
CREATE TABLE lending_slips (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL,
    borrower TEXT NOT NULL,
    lent_on TEXT NOT NULL,
    returned_on TEXT
);

-- Finds the borrowers of a book without reading every slip.
CREATE INDEX lending_slips_book ON lending_slips (book_id);

INSERT INTO books (id, title, author, published, isbn, blurb, keywords, donor)
VALUES
    (1, 'Pride and Prejudice', 'Jane Austen', '1813', '9780141439518',
     'Two people are sure that they know each other, and are wrong.',
     'marriage, class, family', 'R. Haddad'),
    (2, 'Frankenstein', 'Mary Shelley', '1818', '9780141439471',
     'A student gives life to a creature and then abandons it.',
     'science, guilt, gothic', 'R. Haddad'),
    (3, 'Moby-Dick', 'Herman Melville', '1851', '9780142437247',
     'A captain hunts the white whale that took his leg.',
     'sea, whales, obsession', NULL),
    (4, 'Things Fall Apart', 'Chinua Achebe', '1958', '9780385474542',
     'A village in Nigeria before and after the missionaries come.',
     'Nigeria, colonialism, family', 'St Anne''s School'),
    (5, 'Silent Spring', 'Rachel Carson', '1962', '9780618249060',
     'What pesticides did to the birds, and to everything that eats.',
     'science, birds, ecology', 'M. Lindqvist'),
    (6, 'The Left Hand of Darkness', 'Ursula K. Le Guin', '1969', '9780441478125',
     'An envoy crosses the ice of a planet whose people have no fixed gender.',
     'science fiction, winter, exile', NULL),
    (7, 'Beloved', 'Toni Morrison', '1987', '9781400033416',
     'A house in Ohio is haunted by the past that its people escaped.',
     'slavery, memory, family', 'M. Lindqvist'),
    (8, 'Seeds and Seasons', 'Allotment Society', '', NULL,
     'Sowing dates and recipes from the gardens of our own town.',
     'gardening, recipes', 'Allotment Society');

-- Slip 6 names a book that is missing; 006_add_foreign_key inserts it.
INSERT INTO lending_slips (id, book_id, borrower, lent_on, returned_on)
VALUES
    (1, 1, 'Amara Okafor', '08/01/2024', '29/01/2024'),
    (2, 3, 'Tomás Herrera', '15/01/2024', '12/02/2024'),
    (3, 6, 'Ines Vogel', '20/01/2024', '10/02/2024'),
    (4, 1, 'Priya Nair', '03/02/2024', '17/02/2024'),
    (5, 5, 'Amara Okafor', '12/02/2024', NULL),
    (6, 9, 'Tomás Herrera', '26/02/2024', '18/03/2024'),
    (7, 6, 'Priya Nair', '04/03/2024', NULL),
    (8, 2, 'Ines Vogel', '11/03/2024', NULL);

-- DOWN: drop everything
-- Drops both tables with all their rows and indexes. The rows above return when this migration is
-- applied again; rows that people added are lost.
DROP TABLE lending_slips;
DROP TABLE books;
